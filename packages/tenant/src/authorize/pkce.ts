import { createHash, timingSafeEqual } from 'node:crypto';
import type { AuthorizeRequest } from '../state/browser-documents.ts';
import type { Client } from '../state/settings-documents.ts';
import { invalidRequest } from './refusal.ts';

/** RFC 7636 §4.1 and §4.2: the same pattern for verifier and challenge. */
const PATTERN = /^[A-Za-z0-9._~-]{43,128}$/;

type Challenge = Pick<AuthorizeRequest, 'code_challenge' | 'code_challenge_method'>;

/** Reads the PKCE parameters. Strict third parties must send a challenge with S256; without a method it is `plain`. */
export function parseChallenge(
  client: Client,
  challenge: string | undefined,
  method: string | undefined,
): Challenge {
  const strict = client.third_party_security_mode === 'strict';
  if (challenge === undefined) {
    if (strict || method !== undefined)
      throw invalidRequest(
        'Missing required parameter: code_challenge',
        strict ? 'third_party_pkce' : undefined,
      );
    return {};
  }
  const code_challenge_method = method ?? 'plain';
  if (code_challenge_method !== 'S256' && (strict || code_challenge_method !== 'plain'))
    throw invalidRequest('Unsupported code_challenge_method', strict ? 'third_party_pkce' : undefined);
  if (!PATTERN.test(challenge)) throw invalidRequest('Invalid code_challenge');
  return { code_challenge: challenge, code_challenge_method };
}

/** Whether the verifier matches the challenge. A verifier without a challenge fails too (RFC 9700 §2.1.1). */
export function verifiesChallenge(
  { code_challenge, code_challenge_method }: Challenge,
  verifier: string | undefined,
): boolean {
  if (code_challenge === undefined) return verifier === undefined;
  if (verifier === undefined || !PATTERN.test(verifier)) return false;
  const computed =
    code_challenge_method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier;
  return (
    computed.length === code_challenge.length &&
    timingSafeEqual(Buffer.from(computed), Buffer.from(code_challenge))
  );
}
