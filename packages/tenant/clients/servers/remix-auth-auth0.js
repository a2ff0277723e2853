import { getRequestListener } from '@hono/node-server';
import { Authenticator } from 'remix-auth';
import { Auth0Strategy } from 'remix-auth-auth0';

export function createApp({ domain, issuer, callback, clientId, clientSecret }) {
  const options = { domain, clientId, clientSecret, redirectURI: callback, scopes: ['openid', 'profile'] };
  const authenticator = new Authenticator();
  authenticator.use(
    new Auth0Strategy(options, async ({ tokens }) => {
      const headers = { authorization: `Bearer ${tokens.accessToken()}` };
      return (await fetch(`${issuer}userinfo`, { headers })).json();
    }),
    'auth0',
  );
  return getRequestListener(async (request) => {
    try {
      return Response.json(await authenticator.authenticate('auth0', request));
    } catch (thrown) {
      if (thrown instanceof Response) return thrown;
      throw thrown;
    }
  });
}
