import Strategy from 'passport-oauth2';
import { createPassportApp } from '../support/passport-app.js';

export function createApp({ issuer, callback, clientId, clientSecret }) {
  const options = {
    authorizationURL: `${issuer}authorize`,
    tokenURL: `${issuer}oauth/token`,
    clientID: clientId,
    clientSecret,
    callbackURL: callback,
    pkce: true,
    state: true,
    scope: 'openid profile',
  };
  const strategy = new Strategy(options, (_access, _refresh, profile, done) => done(null, profile));
  strategy.userProfile = async (token, done) => {
    const response = await fetch(`${issuer}userinfo`, { headers: { authorization: `Bearer ${token}` } });
    done(null, await response.json());
  };
  return createPassportApp(strategy);
}
