import type { IdTokenTerms, VerifyIdToken } from './id-token.ts';
import type { RevokeLater } from './revoke-later.ts';
import type { TenantAnswer } from './tenant-call.ts';
import { toTokens, type UserTokens } from './token-answer.ts';

/** The tokens in a response, with the verified claims of the ID token. Throws GatewayError if either is invalid. */
export type AcceptTokens = (answer: TenantAnswer, terms?: IdTokenTerms) => Promise<UserTokens>;

export const createAcceptTokens =
  (verifyIdToken: VerifyIdToken): AcceptTokens =>
  async (answer, terms) => {
    const tokens = toTokens(answer);
    if (tokens.id_token === undefined) return tokens;
    const claims = await verifyIdToken(tokens.id_token, terms);
    return { ...tokens, subject: claims.sub, claims };
  };

/** The refresh token of a response that may be invalid otherwise. */
function toRefreshToken({ body }: TenantAnswer): string | undefined {
  const token = typeof body === 'object' && body !== null && 'refresh_token' in body && body.refresh_token;
  return typeof token === 'string' ? token : undefined;
}

/** The same for the response to a sign-in. If it fails, no caller receives the refresh token, so it is revoked. */
export const createAcceptSignIn =
  (acceptTokens: AcceptTokens, revokeLater: RevokeLater): AcceptTokens =>
  async (answer, terms) => {
    try {
      return await acceptTokens(answer, terms);
    } catch (error) {
      revokeLater(toRefreshToken(answer));
      throw error;
    }
  };
