-- GET of the paths in a file, a line each, in random order. Arguments: the file.
local report = require "report"
local count = 0

function setup(thread)
  count = count + 1
  thread:set("number", count)
end

function init(args)
  requests = {}
  for path in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", path)
  end
  math.randomseed(number)
end

function request()
  return requests[math.random(#requests)]
end

function done(summary, latency, counts)
  report(summary, 0)
end
