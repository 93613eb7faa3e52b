-- The last word of a run of wrk: one line of JSON, read by wrk.py.
return function(summary, stored)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests": %d, "stored": %d, "microseconds": %d, "refused": %d, "broken": %d}\n',
    summary.requests, stored, summary.duration, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
