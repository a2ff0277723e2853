import { OidcClient } from '@axa-fr/oidc-client';

export async function start({ issuer, clientId, origin, audience }, show) {
  const client = OidcClient.getOrCreate(() => fetch)({
    authority: issuer.replace(/\/$/, ''),
    client_id: clientId,
    redirect_uri: `${origin}/callback`,
    silent_redirect_uri: `${origin}/callback`,
    scope: 'openid profile offline_access',
    extras: { audience },
  });
  if (location.pathname === '/callback') {
    await client.loginCallbackAsync();
    history.replaceState({}, '', '/');
  } else {
    await client.tryKeepExistingSessionAsync();
  }
  show({
    user: client.tokens?.idTokenPayload.sub,
    token: client.tokens?.accessToken,
    signIn: () => client.loginAsync('/'),
    renew: async () => {
      await client.renewTokensAsync();
      return client.tokens.accessToken;
    },
    signOut: () => client.logoutAsync('/'),
  });
}
