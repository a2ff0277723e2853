import { createAuth0, useAuth0 } from '@auth0/auth0-vue';
import { createApp, h, watchEffect } from 'vue';

export function start({ domain, clientId, origin, audience }, show) {
  const App = {
    setup() {
      const auth0 = useAuth0();
      watchEffect(async () => {
        if (auth0.error.value) throw auth0.error.value;
        if (auth0.isLoading.value) return;
        const user = auth0.user.value;
        show({
          user: user?.sub,
          token: user && (await auth0.getAccessTokenSilently()),
          signIn: () => auth0.loginWithRedirect(),
          renew: () => auth0.getAccessTokenSilently({ cacheMode: 'off' }),
          signOut: () => auth0.logout({ logoutParams: { returnTo: origin } }),
        });
      });
      return () => h('span');
    },
  };
  const options = {
    domain,
    clientId,
    useRefreshTokens: true,
    cacheLocation: 'localstorage',
    authorizationParams: { redirect_uri: origin, audience },
  };
  createApp(App).use(createAuth0(options)).mount('#app');
}
