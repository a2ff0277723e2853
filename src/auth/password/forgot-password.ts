import type { Authentication } from '../../auth0/authentication.ts';
import type { Reply, RequestInfo } from '../../http/route.ts';
import type { CodeLimits } from '../code-limits.ts';
import { foldIdentifier } from '../sign-in-limits.ts';

export interface ForgotPasswordDeps {
  readonly auth0: Pick<Authentication, 'requestPasswordReset'>;
  readonly codes: Pick<CodeLimits, 'send'>;
}

/**
 * Requests a password reset mail. The response is the same for every address.
 * @throws GatewayError `rate_limited`, `csrf_failed`
 */
export async function forgotPassword(
  { auth0, codes }: ForgotPasswordDeps,
  email: string,
  request: RequestInfo,
): Promise<Reply> {
  const { headers } = await codes.send(`reset ${foldIdentifier(email)}`, request.ip, () =>
    auth0.requestPasswordReset(email),
  );
  return { status: 202, headers };
}
