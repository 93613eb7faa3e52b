-- GET of the paths in a file, a line each, in random order; tells how long answers took.
-- Arguments: the file.
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
  local errors = summary.errors
  io.write(string.format(
    'LATENCY {"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "longest": %d, "errors": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
