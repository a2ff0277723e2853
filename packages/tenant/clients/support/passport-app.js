import express from 'express';
import session from 'express-session';
import { Passport } from 'passport';

/** An Express application that signs in with a strategy of Passport, whose user is `{ sub }`. */
export function createPassportApp(strategy, options = {}) {
  const passport = new Passport();
  passport.use('tenant', strategy);
  passport.serializeUser((user, done) => done(null, user));
  passport.deserializeUser((user, done) => done(null, user));
  const app = express();
  app.use(session({ secret: 'a secret', resave: false, saveUninitialized: false }));
  app.use(passport.session());
  app.get('/login', passport.authenticate('tenant', options));
  app.get('/callback', passport.authenticate('tenant'), (_request, response) => response.redirect('/'));
  app.get('/', (request, response) => response.json(request.user ?? {}));
  return app;
}
