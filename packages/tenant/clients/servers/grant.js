import express from 'express';
import session from 'express-session';
import grant from 'grant';

export const login = '/connect/auth0';
export const callback = '/connect/auth0/callback';

export function createApp({ domain, origin, clientId, clientSecret }) {
  const app = express();
  app.use(session({ secret: 'a secret', resave: false, saveUninitialized: true }));
  app.use(
    grant.express({
      defaults: { origin, transport: 'session', state: true, nonce: true, pkce: true },
      auth0: {
        key: clientId,
        secret: clientSecret,
        subdomain: domain,
        authorize_url: `https://${domain}/authorize`,
        access_url: `https://${domain}/oauth/token`,
        profile_url: `https://${domain}/userinfo`,
        scope: ['openid', 'profile'],
        response: ['tokens', 'profile'],
        callback: '/',
      },
    }),
  );
  app.get('/', (request, response) => response.json(request.session.grant?.response?.profile ?? {}));
  return app;
}
