import { createElement, useContext, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { AuthContext, AuthProvider } from 'react-oauth2-code-pkce';

export function start({ issuer, clientId, origin, audience }, show) {
  function App() {
    const { loginInProgress, error, token, idTokenData, logIn, logOut } = useContext(AuthContext);
    useEffect(() => {
      if (error) throw error;
      if (loginInProgress) return;
      show({
        user: token === '' ? undefined : idTokenData.sub,
        token,
        signIn: () => logIn(),
        signOut: () => logOut(),
      });
    }, [loginInProgress, token, error]);
    return null;
  }
  const authConfig = {
    clientId,
    authorizationEndpoint: `${issuer}authorize`,
    tokenEndpoint: `${issuer}oauth/token`,
    logoutEndpoint: `${issuer}oidc/logout`,
    redirectUri: origin,
    logoutRedirect: origin,
    scope: 'openid profile offline_access',
    autoLogin: false,
    extraAuthParameters: { audience },
    extraLogoutParameters: { post_logout_redirect_uri: origin, client_id: clientId },
  };
  createRoot(document.querySelector('#app')).render(
    createElement(AuthProvider, { authConfig }, createElement(App)),
  );
}
