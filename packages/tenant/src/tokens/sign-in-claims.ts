import { multiFactorAcr } from '../factors/next-factor.ts';
import type { AuthorizeRequest } from '../state/browser-documents.ts';

interface BrowserSignIn {
  readonly sid: string;
  readonly amr: readonly string[];
  readonly auth_time_ms: number;
}

/**
 * What the ID tokens of a browser's sign-in say of it, those of refreshed ones too; the `nonce` is for the first one
 * alone. `auth_time` where the client asked by `max_age`; `amr` and `acr` only where there was a second factor.
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
    ...(multi && acr_values.includes(multiFactorAcr) && { acr: multiFactorAcr }),
  };
}
