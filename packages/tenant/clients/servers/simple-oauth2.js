import { AuthorizationCode } from 'simple-oauth2';

export function createApp({ issuer, origin, callback, clientId, clientSecret }) {
  const oauth2 = new AuthorizationCode({
    client: { id: clientId, secret: clientSecret },
    auth: {
      tokenHost: issuer,
      tokenPath: '/oauth/token',
      authorizePath: '/authorize',
      revokePath: '/oauth/revoke',
    },
  });
  return async (request, response) => {
    const url = new URL(request.url, origin);
    if (url.pathname === '/login') {
      const scope = 'openid offline_access';
      const location = oauth2.authorizeURL({ redirect_uri: callback, scope, state: 'a-state' });
      response.writeHead(302, { location }).end();
      return;
    }
    const code = url.searchParams.get('code');
    const token = await oauth2.getToken({ code, redirect_uri: callback });
    const renewed = await token.refresh();
    const { access_token } = renewed.token;
    const headers = { authorization: `Bearer ${access_token}` };
    response.end(await (await fetch(`${issuer}userinfo`, { headers })).text());
  };
}
