import { createAuth0Client } from '@auth0/auth0-spa-js';

export async function start({ domain, clientId, origin, audience }, show) {
  const auth0 = await createAuth0Client({
    domain,
    clientId,
    useRefreshTokens: true,
    cacheLocation: 'localstorage',
    authorizationParams: { redirect_uri: origin, audience },
  });
  if (location.search.includes('code=')) {
    await auth0.handleRedirectCallback();
    history.replaceState({}, '', '/');
  }
  const user = await auth0.getUser();
  show({
    user: user?.sub,
    token: user && (await auth0.getTokenSilently()),
    signIn: () => auth0.loginWithRedirect(),
    renew: () => auth0.getTokenSilently({ cacheMode: 'off' }),
    signOut: () => auth0.logout({ logoutParams: { returnTo: origin } }),
  });
}
