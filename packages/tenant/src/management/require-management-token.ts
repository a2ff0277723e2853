import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import type { TenantContext } from '../context.ts';
import { managementError } from './management-error.ts';

export interface ManagementToken {
  readonly clientId: string;
  /** The user of a user's token; undefined for a machine's token. */
  readonly userId: string | undefined;
  readonly scopes: ReadonlySet<string>;
  readonly jti: string | undefined;
}

type Deps = Pick<TenantContext, 'keys' | 'clock' | 'issuer'>;

/** Verifies the caller's access token for the Management API. Throws 401, or 400 for a malformed header. */
export async function requireManagementToken(
  deps: Deps,
  authorization: string | undefined,
): Promise<ManagementToken> {
  if (authorization === undefined || authorization === '')
    throw managementError(401, 'Missing authentication');
  const [, token] = /^bearer +([^\s,]+)$/i.exec(authorization) ?? [];
  if (token === undefined)
    throw managementError(400, 'Bad HTTP authentication header format', { errorCode: 'Bearer' });
  const payload = await verify(deps, token);
  // A token that is bound to a key (RFC 9449) may not be used as a bearer token, because it may be stolen.
  if (payload.cnf !== undefined) throw unauthorized('Invalid token');
  const { azp, client_id, scope, jti } = payload;
  const scopes = typeof scope === 'string' ? scope.split(' ') : [];
  const clientId = [azp, client_id, payload.sub].find((name) => typeof name === 'string');
  const isMachine = payload.sub?.endsWith('@clients') !== false;
  return {
    clientId: clientId ?? '',
    userId: isMachine ? undefined : payload.sub,
    scopes: new Set(scopes),
    jti,
  };
}

async function verify({ keys, clock, issuer }: Deps, token: string): Promise<JWTPayload> {
  const audience = `${issuer}api/v2/`;
  try {
    const key = keys.find(decodeProtectedHeader(token).kid ?? '');
    if (!key) throw unauthorized('Invalid token');
    const { payload } = await jwtVerify(token, key.publicKey, {
      issuer,
      audience,
      algorithms: ['RS256'],
      currentDate: new Date(clock.now()),
      requiredClaims: ['exp', 'sub'],
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired)
      throw unauthorized('Expired token received for JSON Web Token validation');
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud')
      throw unauthorized(`Bad audience: ${String(error.payload.aud)}`);
    throw unauthorized('Invalid token');
  }
}

const unauthorized = (message: string) =>
  managementError(401, message, { attributes: { error: message }, hint: 'management_token' });
