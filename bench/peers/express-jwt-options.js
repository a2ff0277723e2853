import jwksRsa from 'jwks-rsa';
import { audience, issuer, tenantUrl } from './settings.js';

/** The options of express-jwt as the README of jwks-rsa gives them. */
export const jwtOptions = {
  secret: jwksRsa.expressJwtSecret({
    cache: true,
    rateLimit: true,
    jwksRequestsPerMinute: 5,
    jwksUri: `${tenantUrl}/.well-known/jwks.json`,
  }),
  audience,
  issuer,
  algorithms: ['RS256'],
};
