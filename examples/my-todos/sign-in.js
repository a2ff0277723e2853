import * as openid from 'openid-client';

/** Authorization Code with PKCE at one issuer (RFC 6749 §4.1, RFC 7636), for one API. */
export function createSignIn({ issuer, clientId, clientSecret, redirectUri, audience, scope }) {
  let discovered;
  /** The issuer's settings, read once; after a failure the next caller reads them again. */
  const readConfig = () =>
    (discovered ??= openid.discovery(issuer, clientId, clientSecret).catch((error) => {
      discovered = undefined;
      throw error;
    }));

  return {
    /** Where to send the browser, and what `finish` needs of this session. */
    async begin() {
      const config = await readConfig();
      const pending = { state: openid.randomState(), verifier: openid.randomPKCECodeVerifier() };
      const url = openid.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        audience,
        scope,
        state: pending.state,
        code_challenge: await openid.calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: 'S256',
      });
      // Browsers do not know the certificate of the embedded tenant. Its port speaks http as well.
      if (url.hostname === 'localhost') url.protocol = 'http:';
      return { url: url.href, pending };
    },

    /** The tokens for the answer that came to the callback. Throws with `error: 'access_denied'` where the user declined. */
    async finish(url, { state, verifier }) {
      const checks = { expectedState: state, pkceCodeVerifier: verifier };
      return openid.authorizationCodeGrant(await readConfig(), url, checks);
    },

    /** New tokens. Throws with `error: 'invalid_grant'` where the user has withdrawn the consent. */
    async renew(tokens) {
      return { ...tokens, ...(await openid.refreshTokenGrant(await readConfig(), tokens.refresh_token)) };
    },

    /** Ends the refresh token (RFC 7009). */
    async revoke(tokens) {
      await openid.tokenRevocation(await readConfig(), tokens.refresh_token);
    },
  };
}
