import express from 'express';
import { expressjwt } from 'express-jwt';
import jwksRsa from 'jwks-rsa';

export function createApi({ issuer, audience }) {
  const app = express();
  const secret = jwksRsa.expressJwtSecret({ jwksUri: `${issuer}.well-known/jwks.json`, cache: true });
  app.use(expressjwt({ secret, audience, issuer, algorithms: ['RS256'] }));
  app.get('/', (request, response) => response.json(request.auth));
  return app;
}
