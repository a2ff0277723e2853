import type { DoLater } from '../../auth0/later.ts';
import type { ManagedUser } from '../../auth0/managed-users.ts';
import type { Management } from '../../auth0/management.ts';
import type { Reply, RequestInfo } from '../../http/route.ts';
import type { CodeLimits } from '../code-limits.ts';
import { foldIdentifier } from '../sign-in-limits.ts';

export interface ResendVerificationDeps {
  readonly management: Pick<Management, 'findByEmail' | 'sendVerificationEmail'>;
  readonly codes: Pick<CodeLimits, 'send'>;
  readonly doLater: DoLater;
  /** The database connection of users with a password. */
  readonly connection: string;
}

const isUnverified = ({ identities, email_verified }: ManagedUser, connection: string): boolean =>
  email_verified !== true && identities.some((identity) => identity.connection === connection);

/**
 * Sends the verification mail again. Response and duration are the same for every address: only the search for the user is
 * awaited.
 * @throws GatewayError `rate_limited`, `csrf_failed`
 */
export async function resendVerification(
  { management, codes, doLater, connection }: ResendVerificationDeps,
  email: string,
  request: RequestInfo,
): Promise<Reply> {
  const { sent: users, headers } = await codes.send(`verification ${foldIdentifier(email)}`, request.ip, () =>
    management.findByEmail(email),
  );
  for (const { user_id } of users.filter((user) => isUnverified(user, connection)))
    doLater('a verification mail was not sent', () => management.sendVerificationEmail(user_id));
  return { status: 202, headers };
}
