import type { Authentication } from '../../auth0/authentication.ts';
import { GatewayError } from '../../errors.ts';
import type { Reply } from '../../http/route.ts';
import type { AddressLimit } from '../../limits/address-limit.ts';
import type { SignUpBody } from '../auth-schemas.ts';

export interface SignUpDeps {
  readonly auth0: Pick<Authentication, 'signUp'>;
  readonly limit: AddressLimit;
  /** `SIGNUP_CONCEAL_EXISTING`: the response is the same for new and existing accounts. */
  readonly concealExisting: boolean;
}

/**
 * Creates an account without signing the user in.
 * @throws GatewayError `user_exists`, `weak_password`, `signup_disabled`, `username_required`
 */
export async function signUp(deps: SignUpDeps, input: SignUpBody): Promise<Reply> {
  const concealed = { status: 202, body: { user: { email: input.email } } };
  try {
    const { id, email, email_verified, profile } = await deps.auth0.signUp(input);
    if (deps.concealExisting) return concealed;
    // The response schema removes the fields that must not be returned.
    return { status: 201, body: { user: { ...profile, id, email, email_verified } } };
  } catch (error) {
    if (deps.concealExisting && error instanceof GatewayError && error.code === 'user_exists')
      return concealed;
    throw error;
  }
}
