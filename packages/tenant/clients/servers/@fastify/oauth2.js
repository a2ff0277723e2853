import cookie from '@fastify/cookie';
import oauth2 from '@fastify/oauth2';
import fastify from 'fastify';

export async function createApp({ issuer, callback, clientId, clientSecret }) {
  const app = fastify();
  await app.register(cookie);
  await app.register(oauth2, {
    name: 'auth0',
    scope: ['openid', 'profile', 'offline_access'],
    credentials: { client: { id: clientId, secret: clientSecret } },
    discovery: { issuer },
    startRedirectPath: '/login',
    callbackUri: callback,
    pkce: 'S256',
  });
  app.get('/callback', async (request) => {
    const { token } = await app.auth0.getAccessTokenFromAuthorizationCodeFlow(request);
    const renewed = await app.auth0.getNewAccessTokenUsingRefreshToken(token, {});
    return app.auth0.userinfo(renewed.token);
  });
  await app.ready();
  return app.routing;
}
