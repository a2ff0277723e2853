import Hapi from '@hapi/hapi';
import * as hapiJwt from 'hapi-auth-jwt2';
import jwksRsa from 'jwks-rsa';

export async function createApi({ issuer, audience }) {
  const server = Hapi.server();
  await server.register(hapiJwt);
  server.auth.strategy('jwt', 'jwt', {
    complete: true,
    key: jwksRsa.hapiJwt2KeyAsync({ jwksUri: `${issuer}.well-known/jwks.json`, cache: true }),
    verifyOptions: { audience, issuer, algorithms: ['RS256'] },
    validate: () => ({ isValid: true }),
  });
  server.auth.default('jwt');
  server.route({ method: 'GET', path: '/', handler: ({ auth }) => auth.credentials.payload });
  await server.initialize();
  return (request, response) => server.listener.emit('request', request, response);
}
