import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { jwk } from 'hono/jwk';

export function createApi({ issuer, audience }) {
  const app = new Hono();
  app.use(
    jwk({
      jwks_uri: `${issuer}.well-known/jwks.json`,
      alg: ['RS256'],
      verification: { iss: issuer, aud: audience },
    }),
  );
  app.get('/', (context) => context.json(context.get('jwtPayload')));
  return getRequestListener(app.fetch);
}
