// The upstream of the proxies: answers every request with 1 kB of JSON. Argument: port.
import { createServer } from 'node:http';

const body = Buffer.from(JSON.stringify({ text: 'x'.repeat(1024 - '{"text":""}'.length) }));

createServer((_req, res) => {
  res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
  res.end(body);
}).listen(Number(process.argv[2]), '127.0.0.1');
