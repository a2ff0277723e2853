import '@angular/compiler';
import { provideHttpClient } from '@angular/common/http';
import { Component, provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { OidcSecurityService, provideAuth } from 'angular-auth-oidc-client';
import { firstValueFrom } from 'rxjs';

export async function start({ issuer, clientId, origin, audience }, show) {
  const App = Component({ selector: '#app', template: '' })(class {});
  const config = {
    authority: issuer.replace(/\/$/, ''),
    clientId,
    redirectUrl: origin,
    postLogoutRedirectUri: origin,
    responseType: 'code',
    scope: 'openid profile offline_access',
    useRefreshToken: true,
    silentRenew: true,
    ignoreNonceAfterRefresh: true,
    customParamsAuthRequest: { audience },
  };
  const { injector } = await bootstrapApplication(App, {
    providers: [provideZonelessChangeDetection(), provideHttpClient(), provideAuth({ config })],
  });
  const service = injector.get(OidcSecurityService);
  const { isAuthenticated, userData, accessToken, errorMessage } = await firstValueFrom(service.checkAuth());
  if (errorMessage) throw new Error(errorMessage);
  show({
    user: isAuthenticated ? userData.sub : undefined,
    token: accessToken,
    signIn: () => service.authorize(),
    renew: async () => (await firstValueFrom(service.forceRefreshSession())).accessToken,
    signOut: () => firstValueFrom(service.logoff()),
  });
}
