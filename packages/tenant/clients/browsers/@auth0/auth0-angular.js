import '@angular/compiler';
import { Component, provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { AuthService, provideAuth0 } from '@auth0/auth0-angular';
import { filter, firstValueFrom } from 'rxjs';

export async function start({ domain, clientId, origin, audience }, show) {
  const App = Component({ selector: '#app', template: '' })(class {});
  const { injector } = await bootstrapApplication(App, {
    providers: [
      provideZonelessChangeDetection(),
      provideAuth0({
        domain,
        clientId,
        useRefreshTokens: true,
        cacheLocation: 'localstorage',
        authorizationParams: { redirect_uri: origin, audience },
      }),
    ],
  });
  const auth0 = injector.get(AuthService);
  auth0.error$.subscribe((error) => {
    throw error;
  });
  await firstValueFrom(auth0.isLoading$.pipe(filter((isLoading) => !isLoading)));
  const user = await firstValueFrom(auth0.user$);
  const readToken = (options) => firstValueFrom(auth0.getAccessTokenSilently(options));
  show({
    user: user?.sub,
    token: user && (await readToken()),
    signIn: () => firstValueFrom(auth0.loginWithRedirect()),
    renew: () => readToken({ cacheMode: 'off' }),
    signOut: () => firstValueFrom(auth0.logout({ logoutParams: { returnTo: origin } })),
  });
}
