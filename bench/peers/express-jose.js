import express from 'express';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { answer, audience, host, issuer, path, port, requireScope, tenantUrl } from './settings.js';

const jwks = createRemoteJWKSet(new URL(`${tenantUrl}/.well-known/jwks.json`));

async function requireToken(req, res, next) {
  const [scheme, token] = (req.headers.authorization ?? '').split(' ');
  try {
    if (scheme !== 'Bearer') throw new Error('no bearer token');
    const { payload } = await jwtVerify(token, jwks, { issuer, audience });
    req.auth = payload;
  } catch {
    res.sendStatus(401);
    return;
  }
  next();
}

const app = express();
app.use(requireToken);
app.get(path, requireScope, (_req, res) => {
  res.json(answer);
});
app.listen(port, host);
