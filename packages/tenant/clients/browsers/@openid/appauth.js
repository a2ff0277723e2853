import {
  AuthorizationNotifier,
  AuthorizationRequest,
  AuthorizationServiceConfiguration,
  BaseTokenRequestHandler,
  BasicQueryStringUtils,
  FetchRequestor,
  LocalStorageBackend,
  RedirectRequestHandler,
  TokenRequest,
} from '@openid/appauth';

// Auth0 returns the response in the query; the library looks in the fragment by default.
class QueryUtils extends BasicQueryStringUtils {
  parse(input) {
    return super.parse(input, false);
  }
}

export async function start({ issuer, clientId, origin, audience }, show) {
  const requestor = new FetchRequestor();
  const configuration = await AuthorizationServiceConfiguration.fetchFromIssuer(
    issuer.replace(/\/$/, ''),
    requestor,
  );
  const handler = new RedirectRequestHandler(new LocalStorageBackend(), new QueryUtils());
  const notifier = new AuthorizationNotifier();
  handler.setAuthorizationNotifier(notifier);
  let tokens;
  notifier.setAuthorizationListener((request, response, error) => {
    if (error) throw error;
    tokens = new BaseTokenRequestHandler(requestor).performTokenRequest(
      configuration,
      new TokenRequest({
        client_id: clientId,
        redirect_uri: origin,
        grant_type: 'authorization_code',
        code: response.code,
        extras: { code_verifier: request.internal.code_verifier },
      }),
    );
  });
  await handler.completeAuthorizationRequestIfPossible();
  const { accessToken } = (await tokens) ?? {};
  const info =
    accessToken &&
    (await requestor.xhr({
      url: configuration.userInfoEndpoint,
      headers: { authorization: `Bearer ${accessToken}` },
    }));
  show({
    user: info?.sub,
    token: accessToken,
    signIn: () =>
      handler.performAuthorizationRequest(
        configuration,
        new AuthorizationRequest({
          client_id: clientId,
          redirect_uri: origin,
          scope: 'openid profile',
          response_type: AuthorizationRequest.RESPONSE_TYPE_CODE,
          extras: { audience },
        }),
      ),
    signOut: () => {
      const query = new URLSearchParams({ client_id: clientId, returnTo: origin });
      location.assign(`${issuer}v2/logout?${query}`);
    },
  });
}
