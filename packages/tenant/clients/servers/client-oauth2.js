import ClientOAuth2 from 'client-oauth2';

export function createApp({ issuer, callback, clientId, clientSecret }) {
  const client = new ClientOAuth2({
    clientId,
    clientSecret,
    accessTokenUri: `${issuer}oauth/token`,
    authorizationUri: `${issuer}authorize`,
    redirectUri: callback,
    scopes: ['openid', 'offline_access'],
    state: 'a-state',
  });
  return async (request, response) => {
    if (request.url === '/login') {
      response.writeHead(302, { location: client.code.getUri() }).end();
      return;
    }
    const token = await client.code.getToken(request.url);
    const renewed = await token.refresh();
    const { url, headers } = renewed.sign({ method: 'GET', url: `${issuer}userinfo` });
    response.end(await (await fetch(url, { headers })).text());
  };
}
