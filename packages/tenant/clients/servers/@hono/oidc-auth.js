import { getRequestListener } from '@hono/node-server';
import { getAuth, initOidcAuthMiddleware, oidcAuthMiddleware, processOAuthCallback } from '@hono/oidc-auth';
import { Hono } from 'hono';

export const login = '/';

export function createApp({ issuer, callback, clientId, clientSecret }) {
  const app = new Hono();
  app.use(
    initOidcAuthMiddleware({
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: clientId,
      OIDC_CLIENT_SECRET: clientSecret,
      OIDC_REDIRECT_URI: callback,
      OIDC_AUTH_SECRET: 'a secret of at least 32 characters in length',
      OIDC_SCOPES: 'openid profile email offline_access',
    }),
  );
  app.get('/callback', (context) => processOAuthCallback(context));
  app.use(oidcAuthMiddleware());
  app.get('/', async (context) => context.json(await getAuth(context)));
  return getRequestListener(app.fetch);
}
