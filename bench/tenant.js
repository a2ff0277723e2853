// The tenant of a run: discovery, keys, and the same token response for every request. Arguments: port, issuer, and a
// file of JSON: `{ jwks, tokenAnswer }`.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [port, issuer, file] = process.argv.slice(2);
const { jwks, tokenAnswer } = JSON.parse(readFileSync(file, 'utf8'));
const documents = new Map(
  Object.entries({
    '/.well-known/openid-configuration': {
      issuer,
      jwks_uri: `${issuer}.well-known/jwks.json`,
      token_endpoint: `${issuer}oauth/token`,
      authorization_endpoint: `${issuer}authorize`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    },
    '/.well-known/jwks.json': jwks,
    '/oauth/token': tokenAnswer,
  }).map(([path, document]) => [path, JSON.stringify(document)]),
);

createServer((req, res) => {
  const document = documents.get(req.url);
  if (document === undefined) {
    res.writeHead(404).end();
    return;
  }
  res.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'public, max-age=15' });
  res.end(document);
}).listen(Number(port), '127.0.0.1');
