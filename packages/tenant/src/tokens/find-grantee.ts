import { decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose';
import type { TenantContext } from '../context.ts';
import { digest } from '../lib/random.ts';

/** The user and scope that an access token grants at /userinfo. */
export interface Grantee {
  readonly userId: string;
  readonly scope: readonly string[];
  /** Thumbprint of the DPoP key that it is bound to; undefined: a bearer token. */
  readonly jkt: string | undefined;
}

/** Verifies an opaque token, or a JWT with the audience /userinfo; undefined if it is invalid or expired. */
export async function findGrantee(context: TenantContext, token: string): Promise<Grantee | undefined> {
  const opaque = context.state.opaqueTokens.get(digest(token));
  if (!opaque) return verifyApiToken(context, token);
  if (opaque.expires_ms <= context.clock.now()) return undefined;
  return { userId: opaque.user_id, scope: opaque.scope, jkt: opaque.jkt };
}

async function verifyApiToken(
  { keys, clock, issuer }: TenantContext,
  token: string,
): Promise<Grantee | undefined> {
  const payload = await verify(token);
  return (
    payload && { userId: payload.sub ?? '', scope: String(payload.scope).split(' '), jkt: jktOf(payload) }
  );

  async function verify(jwt: string): Promise<JWTPayload | undefined> {
    try {
      const key = keys.find(decodeProtectedHeader(jwt).kid ?? '');
      if (!key) return undefined;
      const verified = await jwtVerify(jwt, key.publicKey, {
        issuer,
        audience: `${issuer}userinfo`,
        algorithms: ['RS256'],
        currentDate: new Date(clock.now()),
        requiredClaims: ['exp', 'sub', 'scope'],
      });
      return verified.payload;
    } catch {
      return undefined;
    }
  }
}

function jktOf({ cnf }: JWTPayload): string | undefined {
  const jkt = typeof cnf === 'object' && cnf !== null && 'jkt' in cnf ? cnf.jkt : undefined;
  return typeof jkt === 'string' ? jkt : undefined;
}
