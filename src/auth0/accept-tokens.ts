import type { IdTokenTerms, VerifyIdToken } from './id-token.ts';
import type { RevokeLater } from './revoke-later.ts';
import type { TenantAnswer } from './tenant-call.ts';
import { toTokens, type UserTokens } from './token-answer.ts';

/** The tokens in an answer, with what their ID token says. Throws GatewayError where either does not hold. */
export type AcceptTokens = (answer: TenantAnswer, terms?: IdTokenTerms) => Promise<UserTokens>;

export const createAcceptTokens =
  (verifyIdToken: VerifyIdToken): AcceptTokens =>
  async (answer, terms) => {
    const tokens = toTokens(answer);
    if (tokens.id_token === undefined) return tokens;
    const claims = await verifyIdToken(tokens.id_token, terms);
    return { ...tokens, subject: claims.sub, claims };
  };

/** The refresh token of an answer that is perhaps no token response. */
function toRefreshToken({ body }: TenantAnswer): string | undefined {
  const token = typeof body === 'object' && body !== null && 'refresh_token' in body && body.refresh_token;
  return typeof token === 'string' ? token : undefined;
}

/** The same for the answer to a sign-in. Where that fails here, nobody gets the refresh token, and it is revoked. */
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
