import type { Authentication } from '../../auth0/authentication.ts';
import { type Origins, requireFriendlyOrigin } from '../../browser/origins.ts';
import { GatewayError } from '../../errors.ts';
import { toNetworkKey } from '../../http/client-address.ts';
import type { Reply, RequestInfo } from '../../http/route.ts';
import type { Limiter } from '../../limits/rate-limit.ts';
import type { SignUpBody } from '../auth-schemas.ts';

export interface SignUpDeps {
  readonly auth0: Pick<Authentication, 'signUp'>;
  /** By address. */
  readonly limit: Limiter;
  readonly origins: Origins;
  /** Answer new and existing accounts alike (`SIGNUP_CONCEAL_EXISTING`). */
  readonly concealExisting: boolean;
}

/**
 * Creates an account; signs nobody in.
 * @throws GatewayError `user_exists`, `weak_password`, `signup_disabled`, `username_required`, `rate_limited`, `csrf_failed`
 */
export async function signUp(deps: SignUpDeps, input: SignUpBody, request: RequestInfo): Promise<Reply> {
  requireFriendlyOrigin(deps.origins, request.headers);
  const headers = await deps.limit.charge(toNetworkKey(request.ip));
  const concealed = { status: 202, headers, body: { user: { email: input.email } } };
  try {
    const { id, email, email_verified, profile } = await deps.auth0.signUp(input);
    if (deps.concealExisting) return concealed;
    // The response schema picks what may be told of the profile.
    return { status: 201, headers, body: { user: { ...profile, id, email, email_verified } } };
  } catch (error) {
    if (deps.concealExisting && error instanceof GatewayError && error.code === 'user_exists')
      return concealed;
    throw error;
  }
}
