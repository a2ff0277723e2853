import { Auth0, decodeIdToken, generateCodeVerifier, generateState } from 'arctic';

export function createApp({ domain, origin, callback, clientId, clientSecret }) {
  const auth0 = new Auth0(domain, clientId, clientSecret, callback);
  const [state, verifier] = [generateState(), generateCodeVerifier()];
  return async (request, response) => {
    const url = new URL(request.url, origin);
    if (url.pathname === '/login') {
      const location = auth0.createAuthorizationURL(state, verifier, ['openid', 'offline_access']).href;
      response.writeHead(302, { location }).end();
      return;
    }
    const tokens = await auth0.validateAuthorizationCode(url.searchParams.get('code'), verifier);
    await auth0.refreshAccessToken(tokens.refreshToken());
    await auth0.revokeToken(tokens.refreshToken());
    response.end(JSON.stringify(decodeIdToken(tokens.idToken())));
  };
}
