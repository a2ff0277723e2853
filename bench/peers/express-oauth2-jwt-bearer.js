import express from 'express';
import { auth, requiredScopes } from 'express-oauth2-jwt-bearer';
import { answer, audience, host, issuer, path, port, tenantUrl } from './settings.js';

const app = express();
app.use(auth({ issuer, jwksUri: `${tenantUrl}/.well-known/jwks.json`, audience }));
app.get(path, requiredScopes('geocode:location'), (_req, res) => {
  res.json(answer);
});
app.listen(port, host);
