import cookieParser from 'cookie-parser';
import express from 'express';
import nextAuth from 'next-auth';
import auth0Provider from 'next-auth/providers/auth0';
import { locationOf } from '../../test/support/browser.ts';

export const callback = '/api/auth/callback/auth0';

export function createApp({ issuer, origin, clientId, clientSecret }) {
  process.env.NEXTAUTH_URL = origin;
  const options = {
    secret: 'a secret',
    providers: [auth0Provider.default({ clientId, clientSecret, issuer: issuer.replace(/\/$/, '') })],
    callbacks: { session: ({ token }) => ({ sub: token.sub, expires: '' }) },
  };
  const app = express();
  app.use(cookieParser(), express.json(), express.urlencoded({ extended: false }));
  app.all('/api/auth/*nextauth', (request, response) => {
    const query = { ...request.query, nextauth: request.params.nextauth };
    return nextAuth.default(Object.defineProperty(request, 'query', { value: query }), response, options);
  });
  app.get('/', (_request, response) => response.redirect('/api/auth/session'));
  return app;
}

export async function openLogin(browser, origin) {
  const { csrfToken } = JSON.parse((await browser.get(`${origin}/api/auth/csrf`)).text);
  const page = await browser.post(`${origin}/api/auth/signin/auth0`, { csrfToken, callbackUrl: origin });
  return browser.open(locationOf(page));
}
