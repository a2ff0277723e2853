import { generateCodeVerifier, OAuth2Client } from '@badgateway/oauth2-client';

export async function createApp({ issuer, origin, callback, clientId, clientSecret }) {
  const client = new OAuth2Client({
    server: issuer,
    discoveryEndpoint: '/.well-known/openid-configuration',
    clientId,
    clientSecret,
  });
  const codeVerifier = await generateCodeVerifier();
  const state = 'a-state';
  return async (request, response) => {
    if (request.url === '/login') {
      const location = await client.authorizationCode.getAuthorizeUri({
        redirectUri: callback,
        state,
        codeVerifier,
        scope: ['openid', 'offline_access'],
      });
      response.writeHead(302, { location }).end();
      return;
    }
    const url = new URL(request.url, origin).href;
    const token = await client.authorizationCode.getTokenFromCodeRedirect(url, {
      redirectUri: callback,
      state,
      codeVerifier,
    });
    const renewed = await client.refreshToken(token);
    const headers = { authorization: `Bearer ${renewed.accessToken}` };
    response.end(await (await fetch(`${issuer}userinfo`, { headers })).text());
  };
}
