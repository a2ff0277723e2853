import fastify from 'fastify';
import fastifyJwtJwks from 'fastify-jwt-jwks';

export async function createApi({ issuer, audience }) {
  const app = fastify();
  await app.register(fastifyJwtJwks, { jwksUrl: `${issuer}.well-known/jwks.json`, audience, issuer });
  app.get('/', { preValidation: app.authenticate }, (request) => request.user);
  await app.ready();
  return app.routing;
}
