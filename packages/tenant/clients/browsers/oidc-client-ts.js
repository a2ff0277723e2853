import { UserManager } from 'oidc-client-ts';

export async function start({ issuer, clientId, origin, audience }, show) {
  const manager = new UserManager({
    authority: issuer,
    client_id: clientId,
    redirect_uri: origin,
    post_logout_redirect_uri: origin,
    scope: 'openid profile email offline_access',
    extraQueryParams: { audience },
  });
  if (location.search.includes('code=')) {
    await manager.signinRedirectCallback();
    history.replaceState({}, '', '/');
  }
  const user = await manager.getUser();
  show({
    user: user?.profile.sub,
    token: user?.access_token,
    signIn: () => manager.signinRedirect(),
    renew: async () => (await manager.signinSilent()).access_token,
    signOut: () => manager.signoutRedirect(),
  });
}
