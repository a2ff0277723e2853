import { createVerifier } from 'fast-jwt';
import buildGetJwks from 'get-jwks';

export function createApi({ issuer, audience }) {
  const jwks = buildGetJwks({ issuersWhitelist: [issuer] });
  const verify = createVerifier({
    key: ({ header: { kid, alg } }) => jwks.getPublicKey({ kid, alg, domain: issuer }),
    allowedAud: audience,
    allowedIss: issuer,
    algorithms: ['RS256'],
  });
  return async (request, response) => {
    try {
      const claims = await verify(request.headers.authorization?.slice('Bearer '.length) ?? '');
      response.end(JSON.stringify(claims));
    } catch {
      response.writeHead(401).end();
    }
  };
}
