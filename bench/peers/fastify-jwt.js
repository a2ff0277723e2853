import { createPublicKey } from 'node:crypto';
import { parseArgs } from 'node:util';
import fastifyJwt from '@fastify/jwt';
import createFastify from 'fastify';
import buildGetJwks from 'get-jwks';
import { answer, audience, host, issuer, mayGeocode, path, port, tenantUrl } from './settings.js';

// `--cache <n>`: the cache of n verified tokens that @fastify/jwt has.
// `--fixed-key`: the tenant's key is read once, at start, where get-jwks makes PEM text of it for each request.
const { values } = parseArgs({ options: { cache: { type: 'string' }, 'fixed-key': { type: 'boolean' } } });

async function readKey() {
  const response = await fetch(`${tenantUrl}/.well-known/jwks.json`);
  const { keys } = await response.json();
  return createPublicKey({ key: keys[0], format: 'jwk' }).export({ type: 'spki', format: 'pem' });
}

const getJwks = buildGetJwks();
const throughJwks = {
  decode: { complete: true },
  secret: (_request, token) => {
    const { kid, alg } = token.header;
    return getJwks.getPublicKey({ kid, domain: tenantUrl, alg });
  },
};

const fastify = createFastify();

fastify.register(fastifyJwt, {
  ...(values['fixed-key'] ? { secret: { public: await readKey() } } : throughJwks),
  verify: {
    allowedIss: issuer,
    allowedAud: audience,
    algorithms: ['RS256'],
    ...(values.cache && { cache: Number(values.cache) }),
  },
});

fastify.addHook('onRequest', async (request) => {
  await request.jwtVerify();
});

fastify.get(path, async (request, reply) => {
  if (!mayGeocode(request.user)) return reply.code(403).send();
  return answer;
});

await fastify.listen({ port, host });
