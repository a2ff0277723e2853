import { getRequestListener } from '@hono/node-server';
import { Authenticator } from 'remix-auth';
import { OAuth2Strategy } from 'remix-auth-oauth2';

export async function createApp({ issuer, callback, clientId, clientSecret }) {
  const strategy = await OAuth2Strategy.discover(
    issuer,
    { clientId, clientSecret, redirectURI: callback, scopes: ['openid', 'profile'] },
    async ({ tokens }) => {
      const headers = { authorization: `Bearer ${tokens.accessToken()}` };
      return (await fetch(`${issuer}userinfo`, { headers })).json();
    },
  );
  const authenticator = new Authenticator();
  authenticator.use(strategy, 'tenant');
  return getRequestListener(async (request) => {
    try {
      return Response.json(await authenticator.authenticate('tenant', request));
    } catch (thrown) {
      if (thrown instanceof Response) return thrown;
      throw thrown;
    }
  });
}
