import { Auth } from '@auth/core';
import auth0 from '@auth/core/providers/auth0';
import { getRequestListener } from '@hono/node-server';
import { openAuthLogin, toAuthConfig } from '../../support/auth-js.js';

export const callback = '/auth/callback/auth0';
export const openLogin = openAuthLogin;

export function createApp(app) {
  const config = { ...toAuthConfig(app, auth0), basePath: '/auth' };
  return getRequestListener((request) => {
    const { pathname, origin } = new URL(request.url);
    return pathname === '/' ? Response.redirect(`${origin}/auth/session`) : Auth(request, config);
  });
}
