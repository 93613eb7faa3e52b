-- PUT of new contents to an address that ends in their SHA-256. Arguments: the contents, the
-- prefix of the path, the number of threads.
local report = require "report"
local contents = require "contents"
local threads = {}

function setup(thread)
  thread:set("number", #threads)
  threads[#threads + 1] = thread
end

function init(args)
  take, prefix, stored = contents(args[1], number, tonumber(args[3])), args[2], 0
end

function request()
  local digest, body = take()
  if not digest then error("more contents are needed") end
  stored = stored + 1
  return wrk.format("PUT", prefix .. digest, nil, body)
end

function done(summary, latency, counts)
  report(summary, summary.requests)
end
