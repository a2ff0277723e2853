import { readFileSync } from 'node:fs';

const { env } = process;

/** The settings of each peer from the benchmark: where to listen, whom to trust, what to answer. */
export const port = Number(env.PORT);
export const host = '127.0.0.1';
export const issuer = env.ISSUER;
export const audience = env.AUDIENCE;
/** The address of the issuer: plain http on loopback, unlike the issuer's URL. Without a trailing slash. */
export const tenantUrl = env.TENANT_URL;
/** The upstream of the proxies. */
export const upstreamUrl = env.UPSTREAM_URL;
/** The path that every peer serves. */
export const path = env.ANSWER_PATH;
/** The constant answer: Gatehouse's own, as an object, so that each peer serialises it. */
export const answer = JSON.parse(readFileSync(env.ANSWER_FILE, 'utf8'));

const scope = 'geocode:location';

/** True if the claims grant the scope of the path. */
export function mayGeocode(claims) {
  return typeof claims.scope === 'string' && claims.scope.split(' ').includes(scope);
}

/** Express middleware: the scope check that an application writes behind its token check. */
export function requireScope(req, res, next) {
  if (mayGeocode(req.auth)) next();
  else res.sendStatus(403);
}
