import Strategy from 'passport-openidconnect';
import { createPassportApp } from '../support/passport-app.js';

export function createApp({ issuer, callback, clientId, clientSecret }) {
  const options = {
    issuer,
    authorizationURL: `${issuer}authorize`,
    tokenURL: `${issuer}oauth/token`,
    userInfoURL: `${issuer}userinfo`,
    clientID: clientId,
    clientSecret,
    callbackURL: callback,
    scope: 'profile email',
  };
  return createPassportApp(
    new Strategy(options, (_issuer, profile, done) => done(null, { sub: profile.id })),
  );
}
