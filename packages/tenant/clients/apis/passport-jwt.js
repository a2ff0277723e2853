import express from 'express';
import jwksRsa from 'jwks-rsa';
import { Passport } from 'passport';
import { ExtractJwt, Strategy } from 'passport-jwt';

export function createApi({ issuer, audience }) {
  const passport = new Passport();
  const options = {
    secretOrKeyProvider: jwksRsa.passportJwtSecret({
      jwksUri: `${issuer}.well-known/jwks.json`,
      cache: true,
    }),
    jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
    audience,
    issuer,
    algorithms: ['RS256'],
  };
  passport.use(new Strategy(options, (claims, done) => done(null, claims)));
  const app = express();
  app.use(passport.authenticate('jwt', { session: false }));
  app.get('/', (request, response) => response.json(request.user));
  return app;
}
