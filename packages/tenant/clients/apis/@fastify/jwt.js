import jwt from '@fastify/jwt';
import fastify from 'fastify';
import buildGetJwks from 'get-jwks';

export async function createApi({ issuer, audience }) {
  const jwks = buildGetJwks({ issuersWhitelist: [issuer] });
  const app = fastify();
  await app.register(jwt, {
    decode: { complete: true },
    secret: (_request, { header: { kid, alg } }) => jwks.getPublicKey({ kid, alg, domain: issuer }),
    verify: { allowedAud: audience, allowedIss: issuer, algorithms: ['RS256'] },
  });
  app.get('/', async (request) => {
    await request.jwtVerify();
    return request.user;
  });
  await app.ready();
  return app.routing;
}
