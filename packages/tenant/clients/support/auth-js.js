import { locationOf } from '../../test/support/browser.ts';

/** The configuration of Auth.js with Auth0 as provider; its session is the user's `sub`. */
export const toAuthConfig = ({ issuer, clientId, clientSecret }, provider) => ({
  secret: 'a secret of at least 32 characters',
  trustHost: true,
  providers: [provider({ clientId, clientSecret, issuer })],
  callbacks: { session: ({ token }) => ({ sub: token.sub, expires: '' }), jwt: toToken },
});

function toToken({ token, profile }) {
  return profile ? { ...token, sub: profile.sub } : token;
}

/** Signs in as the button of Auth.js does: with a POST. */
export async function openAuthLogin(browser, origin) {
  const { csrfToken } = JSON.parse((await browser.get(`${origin}/auth/csrf`)).text);
  const page = await browser.post(`${origin}/auth/signin/auth0`, { csrfToken, callbackUrl: origin });
  return browser.open(locationOf(page));
}
