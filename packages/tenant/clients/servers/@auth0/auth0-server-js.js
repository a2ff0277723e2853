import { CookieTransactionStore, ServerClient, StatelessStateStore } from '@auth0/auth0-server-js';

// The store options of the library: cookies of a Node request and response.
const COOKIES = {
  getCookies: ({ request }) =>
    Object.fromEntries((request.headers.cookie ?? '').split('; ').map((pair) => pair.split(/=(.*)/s))),
  getCookie: (name, store) => COOKIES.getCookies(store)[name],
  setCookie: (name, value, options, { response }) =>
    response.appendHeader('set-cookie', `${name}=${value}; Path=/; Max-Age=${options?.maxAge ?? 3600}`),
  deleteCookie: (name, { response }) => response.appendHeader('set-cookie', `${name}=; Path=/; Max-Age=0`),
};

export function createApp({ domain, origin, callback, audience, clientId, clientSecret }) {
  const secret = 'a secret of at least 32 characters in length';
  const client = new ServerClient({
    domain,
    clientId,
    clientSecret,
    authorizationParams: { redirect_uri: callback, audience, scope: 'openid profile offline_access' },
    transactionStore: new CookieTransactionStore({ secret }, COOKIES),
    stateStore: new StatelessStateStore({ secret }, COOKIES),
  });
  return async (request, response) => {
    const store = { request, response };
    const url = new URL(request.url, origin);
    if (url.pathname === '/login') {
      const location = (await client.startInteractiveLogin({}, store)).href;
      response.writeHead(302, { location }).end();
    } else if (url.pathname === '/callback') {
      await client.completeInteractiveLogin(url, store);
      response.writeHead(302, { location: '/' }).end();
    } else {
      response.end(JSON.stringify((await client.getUser(store)) ?? {}));
    }
  };
}
