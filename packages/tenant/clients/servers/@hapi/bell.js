import bell from '@hapi/bell';
import Hapi from '@hapi/hapi';

export async function createApp({ issuer, origin, clientId, clientSecret }) {
  const server = Hapi.server();
  await server.register(bell);
  server.auth.strategy('auth0', 'bell', {
    // Its provider `auth0` takes no domain with a port.
    provider: {
      protocol: 'oauth2',
      useParamsAuth: true,
      auth: `${issuer}authorize`,
      token: `${issuer}oauth/token`,
      scope: ['openid', 'profile'],
      async profile(credentials, _parameters, get) {
        credentials.profile = await get(`${issuer}userinfo`);
      },
    },
    password: 'a password of at least 32 characters',
    clientId,
    clientSecret,
    isSecure: false,
    forceHttps: false,
    location: origin,
  });
  server.route({
    method: ['GET', 'POST'],
    path: '/callback',
    options: {
      auth: 'auth0',
      handler: ({ auth }) => ({ sub: auth.credentials.profile.sub }),
    },
  });
  await server.initialize();
  return (request, response) => server.listener.emit('request', request, response);
}

export const login = '/callback';
