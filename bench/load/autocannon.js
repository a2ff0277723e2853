// Arguments: URL, connections, seconds; file of values, index of the first, number of them to go round in, method, body,
// headers (`name: value`). `{}` in a header or the body stands for a value.
import { readFileSync } from 'node:fs';
import autocannon from 'autocannon';

const [url, connections, seconds, file, first, count, method, body, ...headers] = process.argv.slice(2);
const values = readFileSync(file, 'utf8').split('\n', Number(count));
const fields = headers.map((text) => [text.slice(0, text.indexOf(': ')), text.slice(text.indexOf(': ') + 2)]);
let at = Number(first) % values.length;

const result = await autocannon({
  url,
  connections: Number(connections),
  duration: Number(seconds),
  requests: [
    {
      method,
      setupRequest(request) {
        const fill = (text) => text.replace('{}', values[at]);
        const filled = Object.fromEntries(fields.map(([name, text]) => [name, fill(text)]));
        const next = { ...request, headers: { ...request.headers, ...filled }, body: fill(body) };
        at = (at + 1) % values.length;
        return next;
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
