import auth0 from '@auth/core/providers/auth0';
import { authHandler, initAuthConfig } from '@hono/auth-js';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { openAuthLogin, toAuthConfig } from '../../support/auth-js.js';

export const callback = '/auth/callback/auth0';
export const openLogin = openAuthLogin;

export function createApp(config) {
  const app = new Hono();
  app.use(initAuthConfig(() => ({ ...toAuthConfig(config, auth0), basePath: '/auth' })));
  app.use('/auth/*', authHandler());
  app.get('/', (context) => context.redirect('/auth/session'));
  return getRequestListener(app.fetch);
}
