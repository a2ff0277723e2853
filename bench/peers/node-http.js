import { createServer } from 'node:http';
import { answer, host, path, port } from './settings.js';

createServer((req, res) => {
  if (req.method !== 'GET' || req.url.split('?', 1)[0] !== path) {
    res.writeHead(404).end();
    return;
  }
  const body = Buffer.from(JSON.stringify(answer));
  res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length });
  res.end(body);
}).listen(port, host);
