import { createElement, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { AuthProvider, useAuth } from 'react-oidc-context';

export function start({ issuer, clientId, origin, audience }, show) {
  function App() {
    const auth = useAuth();
    useEffect(() => {
      if (auth.error) throw auth.error;
      if (auth.isLoading) return;
      show({
        user: auth.user?.profile.sub,
        token: auth.user?.access_token,
        signIn: () => auth.signinRedirect(),
        renew: async () => (await auth.signinSilent()).access_token,
        signOut: () => auth.signoutRedirect(),
      });
    }, [auth.isLoading, auth.user, auth.error]);
    return null;
  }
  const options = {
    authority: issuer,
    client_id: clientId,
    redirect_uri: origin,
    post_logout_redirect_uri: origin,
    scope: 'openid profile email offline_access',
    extraQueryParams: { audience },
    onSigninCallback: () => history.replaceState({}, '', '/'),
  };
  createRoot(document.querySelector('#app')).render(createElement(AuthProvider, options, createElement(App)));
}
