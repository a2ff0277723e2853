import Strategy from 'passport-auth0';
import { createPassportApp } from '../support/passport-app.js';

export function createApp({ domain, callback, clientId, clientSecret }) {
  const options = { domain, clientID: clientId, clientSecret, callbackURL: callback, state: true };
  const strategy = new Strategy(options, (_access, _refresh, _extra, profile, done) =>
    done(null, { sub: profile.id }),
  );
  return createPassportApp(strategy, { scope: 'openid email profile' });
}
