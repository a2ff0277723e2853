import { AuthClient } from '@auth0/auth0-auth-js';

export function createApp({ domain, origin, callback, audience, clientId, clientSecret }) {
  const client = new AuthClient({
    domain,
    clientId,
    clientSecret,
    authorizationParams: { redirect_uri: callback, scope: 'openid profile offline_access', audience },
  });
  let codeVerifier;
  return async (request, response) => {
    if (request.url === '/login') {
      const built = await client.buildAuthorizationUrl();
      ({ codeVerifier } = built);
      response.writeHead(302, { location: built.authorizationUrl.href }).end();
      return;
    }
    const tokens = await client.getTokenByCode(new URL(request.url, origin), { codeVerifier });
    await client.getTokenByRefreshToken({ refreshToken: tokens.refreshToken });
    response.end(JSON.stringify(tokens.claims));
  };
}
