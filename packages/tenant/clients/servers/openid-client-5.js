import { generators, Issuer } from 'openid-client-5';

export async function createApp({ issuer, callback, clientId, clientSecret }) {
  const { Client } = await Issuer.discover(issuer);
  const client = new Client({
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uris: [callback],
    response_types: ['code'],
  });
  const [code_verifier, state, nonce] = [generators.codeVerifier(), generators.state(), generators.nonce()];
  return async (request, response) => {
    if (request.url === '/login') {
      const location = client.authorizationUrl({
        scope: 'openid offline_access',
        code_challenge: generators.codeChallenge(code_verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      });
      response.writeHead(302, { location }).end();
      return;
    }
    const checks = { code_verifier, state, nonce };
    const tokens = await client.callback(callback, client.callbackParams(request), checks);
    const renewed = await client.refresh(tokens);
    response.end(JSON.stringify(await client.userinfo(renewed)));
  };
}
