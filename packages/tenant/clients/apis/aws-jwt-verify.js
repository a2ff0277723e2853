import { JwtVerifier } from 'aws-jwt-verify';

export function createApi({ issuer, audience }) {
  const verifier = JwtVerifier.create({ issuer, audience, jwksUri: `${issuer}.well-known/jwks.json` });
  return async (request, response) => {
    try {
      const claims = await verifier.verify(request.headers.authorization?.slice('Bearer '.length) ?? '');
      response.end(JSON.stringify(claims));
    } catch {
      response.writeHead(401).end();
    }
  };
}
