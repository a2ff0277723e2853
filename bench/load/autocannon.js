// Arguments: URL, connections, seconds, token file, index of the first token, number of tokens to go round in.
import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

const [url, connections, seconds, file, first, count] = process.argv.slice(2);
const tokens = readFileSync(file, 'utf8')
  .split('\n', Number(count))
  .map((token) => `Bearer ${token}`);
let at = Number(first) % tokens.length;

const result = await autocannon({
  url,
  connections: Number(connections),
  duration: Number(seconds),
  requests: [
    {
      method: 'GET',
      setupRequest(request) {
        const authorization = tokens[at];
        at = (at + 1) % tokens.length;
        return { ...request, headers: { ...request.headers, authorization } };
      },
    },
  ],
});

process.stdout.write(
  `${JSON.stringify({
    requests: result.requests.total,
    seconds: result.duration,
    refused: result.non2xx,
    broken: result.errors + result.timeouts,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
  })}\n`,
);
