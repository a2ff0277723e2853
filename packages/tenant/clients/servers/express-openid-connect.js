import express from 'express';
import openidConnect from 'express-openid-connect';

export function createApp({ issuer, origin, audience, clientId, clientSecret }) {
  const app = express();
  app.use(
    openidConnect.auth({
      issuerBaseURL: issuer,
      baseURL: origin,
      clientID: clientId,
      clientSecret,
      secret: 'a long enough secret for the session',
      authRequired: false,
      authorizationParams: { response_type: 'code', scope: 'openid profile email', audience },
    }),
  );
  app.get('/', (request, response) => response.json(request.oidc.user ?? {}));
  return app;
}
