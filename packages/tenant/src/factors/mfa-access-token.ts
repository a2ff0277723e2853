import { decodeProtectedHeader, jwtVerify } from 'jose';
import { mfaAudience } from '../authorization/mfa-api.ts';
import type { TenantContext } from '../context.ts';

export interface MfaGrantee {
  readonly userId: string;
  readonly clientId: string;
  readonly scope: readonly string[];
}

/** The user of an access token for the MFA API; undefined if the token is invalid. */
export async function readMfaAccessToken(
  { keys, clock, issuer }: Pick<TenantContext, 'keys' | 'clock' | 'issuer'>,
  token: string,
): Promise<MfaGrantee | undefined> {
  try {
    const key = keys.find(decodeProtectedHeader(token).kid ?? '');
    if (!key) return undefined;
    const { payload } = await jwtVerify(token, key.publicKey, {
      issuer,
      audience: mfaAudience(issuer),
      algorithms: ['RS256'],
      currentDate: new Date(clock.now()),
      requiredClaims: ['exp', 'sub', 'azp'],
    });
    const { sub = '', azp, scope } = payload;
    const scopes = typeof scope === 'string' ? scope.split(' ') : [];
    return { userId: sub, clientId: String(azp), scope: scopes };
  } catch {
    return undefined;
  }
}
