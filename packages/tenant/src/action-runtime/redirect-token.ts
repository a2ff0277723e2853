import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ActionJob } from './messages.ts';

const DEFAULT_LIFETIME_S = 900;
const REQUIRED = ['sub', 'iss', 'iat', 'exp'] as const;

type Claims = Record<string, unknown>;
type About = NonNullable<ActionJob['redirect']> & { readonly nowS: number };

// `api.redirect` is synchronous and jose is not. Only an Action and the page that it redirects to use these tokens.
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const sign = (text: string, secret: string): Buffer => createHmac('sha256', secret).update(text).digest();

/** `api.redirect.encodeToken`: a JWT signed with HS256, with `sub`, `iss`, `iat`, `exp`, `ip` and the given payload. */
export function encodeToken(
  { subject, issuer, ip, nowS }: About,
  {
    secret,
    payload,
    expiresInSeconds = DEFAULT_LIFETIME_S,
  }: { readonly secret: string; readonly payload: object; readonly expiresInSeconds?: number },
): string {
  const own = { sub: subject, iss: issuer, iat: nowS, exp: nowS + expiresInSeconds, ip };
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...payload, ...own })}`;
  return `${text}.${sign(text, secret).toString('base64url')}`;
}

/**
 * `api.redirect.validateToken`: the payload of the token that the user's page sent to /continue. Throws unless it is
 * signed with the secret, unexpired, and about this user, tenant and sign-in.
 */
export function validateToken(
  about: About,
  { secret, tokenParameterName = 'session_token' }: { secret: string; tokenParameterName?: string },
  parameters: Claims,
): Claims {
  const token = parameters[tokenParameterName];
  if (typeof token !== 'string')
    throw new Error(
      `There is no parameter called '${tokenParameterName}' available in either the POST body or query string.`,
    );
  const claims = readVerified(token, secret);
  const missing = REQUIRED.find((name) => claims[name] === undefined);
  if (missing !== undefined) throw invalid(`missing ${missing} claim`);
  if (Number(claims['exp']) <= about.nowS) throw invalid('jwt expired');
  if (claims['sub'] !== about.subject) throw invalid('jwt subject invalid');
  if (claims['state'] !== about.state) throw invalid('the state claim does not match the state of /continue');
  return claims;
}

const invalid = (why: string): Error => new Error(`The session token is invalid: ${why}`);

function readVerified(token: string, secret: string): Claims {
  const [header = '', body = '', signature = ''] = token.split('.');
  const given = Buffer.from(signature, 'base64url');
  const wanted = sign(`${header}.${body}`, secret);
  if (toClaims(header)['alg'] !== 'HS256') throw invalid('invalid algorithm');
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw invalid('invalid signature');
  return toClaims(body);
}

function toClaims(part: string): Claims {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {
    // Not JSON: `invalid` below.
  }
  throw invalid('jwt malformed');
}
