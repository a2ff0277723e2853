import { createSecretKey } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { SignJWT } from 'jose';
import type { KeyRing } from '../keys/key-ring.ts';

export interface Signing {
  readonly alg: 'RS256' | 'RS512' | 'PS256' | 'HS256';
  /** The secret for HS256: the API's or the client's. */
  readonly secret?: string | undefined;
  readonly typ?: 'JWT' | 'at+jwt' | undefined;
}

/** Signs with the tenant's current key or, for HS256, with the secret. */
export function signJwt(keys: KeyRing, claims: JWTPayload, signing: Signing): Promise<string> {
  const { alg, typ = 'JWT' } = signing;
  if (alg === 'HS256') {
    const secret = createSecretKey(Buffer.from(signing.secret ?? ''));
    return new SignJWT(claims).setProtectedHeader({ alg, typ }).sign(secret);
  }
  const { kid, privateKey } = keys.current();
  return new SignJWT(claims).setProtectedHeader({ alg, typ, kid }).sign(privateKey);
}
