import { createRemoteJWKSet, jwtVerify } from 'jose';

const { ISSUER = 'https://localhost:4400/', AUDIENCE = 'urn:organizer' } = process.env;

const keys = createRemoteJWKSet(new URL('.well-known/jwks.json', ISSUER));
/** Errors of jose that say nothing about the token: the issuer's keys could not be read. */
const outages = ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'];

/** An error that the caller is told, by status, code and headers. */
function refusal(status, code, headers = {}) {
  return Object.assign(new Error(code), { status, code, headers });
}

/** Requires an access token of a user (RFC 6750). An outage of the issuer is 503 and never a bad token. */
export async function authenticate(request, _response, next) {
  const [, token] = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '') ?? [];
  if (token === undefined) throw refusal(401, 'unauthenticated', { 'www-authenticate': 'Bearer' });
  const { sub, scope } = await verify(token);
  request.user = sub;
  request.scopes = typeof scope === 'string' ? scope.split(' ') : [];
  next();
}

async function verify(token) {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: ISSUER,
      audience: AUDIENCE,
      algorithms: ['RS256'],
      requiredClaims: ['sub', 'exp'],
    });
    return payload;
  } catch (error) {
    const { code = '' } = error;
    const isAboutToken = code.startsWith('ERR_J') && !outages.includes(code);
    if (!isAboutToken) throw Object.assign(refusal(503, 'issuer_unavailable'), { cause: error });
    throw refusal(401, 'invalid_token', { 'www-authenticate': 'Bearer error="invalid_token"' });
  }
}

/** Requires a scope of the token. */
export const requireScope = (scope) => (request, _response, next) => {
  if (request.scopes.includes(scope)) return next();
  const challenge = `Bearer error="insufficient_scope", scope="${scope}"`;
  throw refusal(403, 'insufficient_scope', { 'www-authenticate': challenge });
};
