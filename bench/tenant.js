// The tenant of a run: discovery and keys, nothing else. Arguments: port, issuer, JWK set.
import { createServer } from 'node:http';

const [port, issuer, jwks] = process.argv.slice(2);
const documents = new Map([
  [
    '/.well-known/openid-configuration',
    JSON.stringify({
      issuer,
      jwks_uri: `${issuer}.well-known/jwks.json`,
      token_endpoint: `${issuer}oauth/token`,
      authorization_endpoint: `${issuer}authorize`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    }),
  ],
  ['/.well-known/jwks.json', jwks],
]);

createServer((req, res) => {
  const document = documents.get(req.url);
  if (document === undefined) {
    res.writeHead(404).end();
    return;
  }
  res.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'public, max-age=15' });
  res.end(document);
}).listen(Number(port), '127.0.0.1');
