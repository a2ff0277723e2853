import { Auth0Client } from '@auth0/nextjs-auth0/server';
import { getRequestListener } from '@hono/node-server';
import { NextRequest } from 'next/server.js';

export const login = '/auth/login';
export const callback = '/auth/callback';

export function createApp({ issuer, origin, audience, clientId, clientSecret }) {
  const auth0 = new Auth0Client({
    // A domain with a port has to be a URL, and localhost has to be allowed.
    domain: issuer,
    allowInsecureRequests: true,
    clientId,
    clientSecret,
    appBaseUrl: origin,
    secret: 'a'.repeat(64),
    authorizationParameters: { audience },
  });
  return getRequestListener(async (request) => {
    const next = new NextRequest(request.url, { headers: request.headers });
    if (new URL(request.url).pathname !== '/') return auth0.middleware(next);
    const session = await auth0.getSession(next);
    return Response.json(session?.user ?? {});
  });
}
