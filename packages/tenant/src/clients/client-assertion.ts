import { createPublicKey } from 'node:crypto';
import { decodeJwt, jwtVerify } from 'jose';
import type { TenantContext } from '../context.ts';
import { digest } from '../lib/random.ts';
import type { Client, ClientKey } from '../state/settings-documents.ts';
import { unauthorizedClient } from '../wire/errors.ts';
import { publicIdOf } from './metadata-client.ts';

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const refuse = () => unauthorizedClient('client_assertion');

/** The client id that an assertion claims, before it is verified. */
export function claimedClient(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).iss;
  } catch {
    return undefined;
  }
}

/**
 * Verifies a client assertion (RFC 7523 §3). Throws 401 unless it is signed by a key of the client, not expired, and
 * not used before.
 */
export async function requireAssertion(
  { state, clock, issuer }: Pick<TenantContext, 'state' | 'clock' | 'issuer'>,
  client: Client,
  assertion: string,
): Promise<void> {
  const keys = client.client_authentication_methods?.private_key_jwt?.credentials ?? [];
  const now = clock.now();
  const options = {
    issuer: publicIdOf(client),
    subject: publicIdOf(client),
    audience: [issuer, `${issuer}oauth/token`],
    currentDate: new Date(now),
    requiredClaims: ['exp', 'jti'],
    clockTolerance: 5,
  };
  const verifyWith = async (key: ClientKey) =>
    jwtVerify(assertion, createPublicKey(key.pem ?? ''), { ...options, algorithms: [key.alg ?? 'RS256'] });
  const isValid = ({ expires_at }: ClientKey) => expires_at === undefined || Date.parse(expires_at) > now;
  const outcomes = await Promise.allSettled(keys.filter(isValid).map(verifyWith));
  const good = outcomes.find((outcome) => outcome.status === 'fulfilled');
  const { jti, exp } = good?.value.payload ?? {};
  if (typeof jti !== 'string' || exp === undefined) throw refuse();
  const id = digest(`${client.client_id}\n${jti}`);
  const isNew = state.transaction(() => {
    if (state.usedAssertions.get(id)) return false;
    state.usedAssertions.put({ id, expires_ms: (exp + options.clockTolerance) * 1000 });
    return true;
  });
  if (!isNew) throw refuse();
}
