import { ExpressAuth } from '@auth/express';
import auth0 from '@auth/express/providers/auth0';
import express from 'express';
import { openAuthLogin, toAuthConfig } from '../../support/auth-js.js';

export const callback = '/auth/callback/auth0';
export const openLogin = openAuthLogin;

export function createApp(config) {
  const app = express();
  app.use('/auth', ExpressAuth(toAuthConfig(config, auth0)));
  app.get('/', (_request, response) => response.redirect('/auth/session'));
  return app;
}
