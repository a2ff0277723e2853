import * as oidc from 'openid-client';

export async function createApp({ issuer, origin, callback, clientId, clientSecret }) {
  const config = await oidc.discovery(new URL(issuer), clientId, clientSecret);
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()];
  return async (request, response) => {
    if (request.url === '/login') {
      const parameters = {
        redirect_uri: callback,
        scope: 'openid offline_access',
        code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
        state: expectedState,
        nonce: expectedNonce,
      };
      const url = await oidc.buildAuthorizationUrlWithPAR(config, parameters);
      response.writeHead(302, { location: url.href }).end();
      return;
    }
    const checks = { pkceCodeVerifier, expectedState, expectedNonce };
    const tokens = await oidc.authorizationCodeGrant(config, new URL(request.url, origin), checks);
    const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token);
    const { sub } = tokens.claims();
    response.end(JSON.stringify(await oidc.fetchUserInfo(config, renewed.access_token, sub)));
  };
}
