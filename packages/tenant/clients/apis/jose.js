import { createRemoteJWKSet, jwtVerify } from 'jose';

export function createApi({ issuer, audience }) {
  const keys = createRemoteJWKSet(new URL('.well-known/jwks.json', issuer));
  return async (request, response) => {
    const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
    try {
      const { payload } = await jwtVerify(token, keys, { audience, issuer });
      response.end(JSON.stringify(payload));
    } catch {
      response.writeHead(401).end();
    }
  };
}
