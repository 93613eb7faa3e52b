-- Uploads to a docker-registry: POST gives a place, PUT sends all of the content there, with its
-- digest. A place is used by whichever connection is free. Arguments: the contents, the name of
-- the repository, the number of threads.
local report = require "report"
local contents = require "contents"
local threads = {}

function setup(thread)
  thread:set("number", #threads)
  threads[#threads + 1] = thread
end

function init(args)
  take, stored, places = contents(args[1], number, tonumber(args[3])), 0, {}
  begin = wrk.format("POST", args[2], nil, "")
  headers = { ["Content-Type"] = "application/octet-stream" }
end

function request()
  local place = table.remove(places)
  if not place then return begin end
  local digest, body = take()
  if not digest then error("more contents are needed") end
  return wrk.format("PUT", place .. "&digest=sha256:" .. digest, headers, body)
end

function response(status, headers, body)
  if status == 202 then
    places[#places + 1] = headers["Location"]
  elseif status == 201 then
    stored = stored + 1
  end
end

function done(summary, latency, counts)
  local sum = 0
  for _, thread in ipairs(threads) do sum = sum + thread:get("stored") end
  report(summary, sum)
end
