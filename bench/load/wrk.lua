-- Arguments: file of values, index of the first, number of them to go round in, method, body, headers (`name: value`).
-- `{}` in a header or the body stands for a value.
local requests, at = {}, 0

local function fill(text, value)
  return (text:gsub('{}', function() return value end))
end

function init(args)
  local first, count, method, body = tonumber(args[2]), tonumber(args[3]), args[4], args[5]
  local i = 0
  for value in io.lines(args[1]) do
    if i >= count then break end
    local headers = {}
    for n = 6, #args do
      local name, text = args[n]:match('^(.-): (.*)$')
      headers[name] = fill(text, value)
    end
    requests[i] = wrk.format(method, nil, headers, body ~= '' and fill(body, value) or nil)
    i = i + 1
  end
  at = first % count
  total = count
end

function request()
  local next = requests[at]
  at = at + 1
  if at == total then at = 0 end
  return next
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.6f,"refused":%d,"broken":%d,"p50Ms":%.3f,"p99Ms":%.3f}\n',
    summary.requests, summary.duration / 1e6, e.status, e.connect + e.read + e.write + e.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
