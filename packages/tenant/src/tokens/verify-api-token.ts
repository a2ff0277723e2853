import { createSecretKey } from 'node:crypto';
import { decodeProtectedHeader, type JWTPayload, jwtVerify } from 'jose';
import type { TenantContext } from '../context.ts';
import type { ResourceServer } from '../state/settings-documents.ts';

/** The claims of an access token of this tenant for an API; undefined if it is invalid, expired or for another API. */
export async function verifyApiToken(
  { keys, clock, issuer }: Pick<TenantContext, 'keys' | 'clock' | 'issuer'>,
  api: Pick<ResourceServer, 'identifier' | 'signing_alg' | 'signing_secret'>,
  token: string,
): Promise<JWTPayload | undefined> {
  try {
    const key =
      api.signing_alg === 'HS256'
        ? createSecretKey(Buffer.from(api.signing_secret))
        : keys.find(decodeProtectedHeader(token).kid ?? '')?.publicKey;
    if (!key) return undefined;
    const { payload } = await jwtVerify(token, key, {
      issuer,
      audience: api.identifier,
      algorithms: [api.signing_alg],
      currentDate: new Date(clock.now()),
      requiredClaims: ['exp', 'sub'],
    });
    return payload;
  } catch {
    return undefined;
  }
}
