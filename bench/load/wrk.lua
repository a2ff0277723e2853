-- Arguments: token file, index of the first token, number of tokens to go round in.
local requests, at = {}, 0

function init(args)
  local first, count = tonumber(args[2]), tonumber(args[3])
  local i = 0
  for token in io.lines(args[1]) do
    if i >= count then break end
    requests[i] = wrk.format('GET', nil, { ['Authorization'] = 'Bearer ' .. token })
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
