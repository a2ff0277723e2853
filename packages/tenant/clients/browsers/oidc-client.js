import { UserManager } from 'oidc-client';

export async function start({ issuer, clientId, origin, audience }, show) {
  const manager = new UserManager({
    authority: issuer,
    client_id: clientId,
    redirect_uri: origin,
    post_logout_redirect_uri: origin,
    response_type: 'code',
    scope: 'openid profile email',
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
    signOut: () => manager.signoutRedirect(),
  });
}
