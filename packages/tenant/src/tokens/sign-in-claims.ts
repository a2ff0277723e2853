import { MULTI_FACTOR_ACR } from '../factors/next-factor.ts';
import type { AuthorizeRequest } from '../state/browser-documents.ts';

interface BrowserSignIn {
  readonly sid: string;
  readonly amr: readonly string[];
  readonly auth_time_ms: number;
}

/**
 * The ID token claims of a browser sign-in, including refreshed tokens; only the first token has the `nonce`.
 * `auth_time` is included if the client sent `max_age`; `amr` and `acr` after a second factor.
 */
export function signInClaims(
  { max_age_s, acr_values }: Pick<AuthorizeRequest, 'max_age_s' | 'acr_values'>,
  { sid, amr, auth_time_ms }: BrowserSignIn,
) {
  const multi = amr.includes('mfa');
  return {
    sid,
    ...(max_age_s !== undefined && { auth_time: Math.floor(auth_time_ms / 1000) }),
    ...(multi && { amr: ['mfa'] }),
    ...(multi && acr_values.includes(MULTI_FACTOR_ACR) && { acr: MULTI_FACTOR_ACR }),
  };
}
