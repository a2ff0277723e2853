import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { toNodeHandler } from 'better-auth/node';
import { auth0, genericOAuth } from 'better-auth/plugins';

export const callback = '/api/auth/callback/auth0';

export function createApp({ domain, origin, clientId, clientSecret }) {
  const tables = { user: [], session: [], account: [], verification: [] };
  const auth = betterAuth({
    baseURL: origin,
    secret: 'a secret of at least 32 characters in length',
    database: memoryAdapter(tables),
    plugins: [genericOAuth({ config: [auth0({ clientId, clientSecret, domain })] })],
  });
  const handle = toNodeHandler(auth);
  return async (request, response) => {
    if (request.url === '/login') {
      const begun = await auth.api.signInSocial({
        body: { provider: 'auth0', callbackURL: '/' },
        asResponse: true,
      });
      const { url: location } = await begun.json();
      response.writeHead(302, { location, 'set-cookie': begun.headers.getSetCookie() }).end();
    } else if (request.url === '/') {
      const headers = new Headers({ cookie: request.headers.cookie });
      const session = await auth.api.getSession({ headers });
      const account = tables.account.find(({ userId }) => userId === session?.user.id);
      response.end(JSON.stringify({ sub: account?.accountId }));
    } else {
      await handle(request, response);
    }
  };
}
