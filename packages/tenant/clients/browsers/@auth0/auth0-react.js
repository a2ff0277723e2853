import { Auth0Provider, useAuth0 } from '@auth0/auth0-react';
import { createElement, useEffect } from 'react';
import { createRoot } from 'react-dom/client';

export function start({ domain, clientId, origin, audience }, show) {
  function App() {
    const { isLoading, error, user, loginWithRedirect, logout, getAccessTokenSilently } = useAuth0();
    useEffect(() => {
      if (error) throw error;
      if (isLoading) return;
      void Promise.resolve(user && getAccessTokenSilently()).then((token) =>
        show({
          user: user?.sub,
          token,
          signIn: () => loginWithRedirect(),
          renew: () => getAccessTokenSilently({ cacheMode: 'off' }),
          signOut: () => logout({ logoutParams: { returnTo: origin } }),
        }),
      );
    }, [isLoading, error, user]);
    return null;
  }
  const options = {
    domain,
    clientId,
    useRefreshTokens: true,
    cacheLocation: 'localstorage',
    authorizationParams: { redirect_uri: origin, audience },
  };
  createRoot(document.querySelector('#app')).render(
    createElement(Auth0Provider, options, createElement(App)),
  );
}
