import * as oauth from 'oauth4webapi';

export async function createApp({ issuer, origin, callback, clientId, clientSecret }) {
  const identifier = new URL(issuer);
  const server = await oauth.processDiscoveryResponse(identifier, await oauth.discoveryRequest(identifier));
  const client = { client_id: clientId };
  const authentication = oauth.ClientSecretPost(clientSecret);
  const verifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  return async (request, response) => {
    if (request.url === '/login') {
      const parameters = {
        client_id: clientId,
        redirect_uri: callback,
        response_type: 'code',
        scope: 'openid profile',
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      };
      const location = `${server.authorization_endpoint}?${new URLSearchParams(parameters)}`;
      response.writeHead(302, { location }).end();
      return;
    }
    const answer = oauth.validateAuthResponse(server, client, new URL(request.url, origin), state);
    const result = await oauth.processAuthorizationCodeResponse(
      server,
      client,
      await oauth.authorizationCodeGrantRequest(server, client, authentication, answer, callback, verifier),
      { expectedNonce: nonce, requireIdToken: true },
    );
    const { sub } = oauth.getValidatedIdTokenClaims(result);
    const info = await oauth.userInfoRequest(server, client, result.access_token);
    response.end(JSON.stringify(await oauth.processUserInfoResponse(server, client, sub, info)));
  };
}
