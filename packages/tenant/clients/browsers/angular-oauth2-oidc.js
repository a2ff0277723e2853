import '@angular/compiler';
import { provideHttpClient } from '@angular/common/http';
import { Component, provideZonelessChangeDetection } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { OAuthService, provideOAuthClient } from 'angular-oauth2-oidc';

export async function start({ issuer, clientId, origin, audience }, show) {
  const App = Component({ selector: '#app', template: '' })(class {});
  const { injector } = await bootstrapApplication(App, {
    providers: [provideZonelessChangeDetection(), provideHttpClient(), provideOAuthClient()],
  });
  const service = injector.get(OAuthService);
  service.configure({
    issuer,
    clientId,
    redirectUri: origin,
    postLogoutRedirectUri: origin,
    responseType: 'code',
    scope: 'openid profile offline_access',
    customQueryParams: { audience },
  });
  await service.loadDiscoveryDocumentAndTryLogin();
  show({
    user: service.getIdentityClaims()?.sub,
    token: service.getAccessToken(),
    signIn: () => service.initCodeFlow(),
    renew: async () => (await service.refreshToken()).access_token,
    signOut: () => service.logOut(),
  });
}
