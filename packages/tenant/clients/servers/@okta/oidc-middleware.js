import okta from '@okta/oidc-middleware';
import express from 'express';
import session from 'express-session';

export const callback = '/authorization-code/callback';

export async function createApp({ issuer, origin, clientId, clientSecret }) {
  const app = express();
  app.use(session({ secret: 'a secret', resave: false, saveUninitialized: false }));
  const oidc = new okta.ExpressOIDC({
    issuer: issuer.replace(/\/$/, ''),
    client_id: clientId,
    client_secret: clientSecret,
    appBaseUrl: origin,
    scope: 'openid profile',
    testing: { disableHttpsCheck: true },
  });
  app.use(oidc.router);
  app.get('/', (request, response) => response.json(request.userContext?.userinfo ?? {}));
  await new Promise((resolve, reject) => oidc.on('ready', resolve).on('error', reject));
  return app;
}
