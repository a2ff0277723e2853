import type { MfaScope } from '../authorization/mfa-api.ts';
import type { TenantContext } from '../context.ts';
import { readMfaAccessToken } from '../factors/mfa-access-token.ts';
import { malformedToken } from '../factors/mfa-errors.ts';
import { requireTicket } from '../factors/mfa-ticket.ts';
import { digest } from '../lib/random.ts';
import type { User } from '../state/user-documents.ts';
import { oauthError } from '../wire/errors.ts';
import type { TenantRequest } from '../wire/row.ts';

export interface MfaBearer {
  readonly user: User;
  readonly clientId: string;
  /** What the caller's challenges are bound to. */
  readonly holder: string;
  /** Whether the caller has an `mfa_token`, which proves only the first factor. */
  readonly isMfaToken: boolean;
}

const forbidden = (scope: MfaScope) =>
  oauthError(403, 'insufficient_scope', `Insufficient scope, expected: ${scope}`);

/**
 * Authenticates a caller of the MFA API by an access token with the scope or, with `orTicket`, by an `mfa_token`.
 * Throws 401 for a token that is missing, unknown or expired, and 403 for one without the scope.
 */
export async function requireMfaBearer(
  context: TenantContext,
  { headers }: Pick<TenantRequest, 'headers'>,
  scope: MfaScope,
  orTicket: boolean,
): Promise<MfaBearer> {
  const token = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (token === undefined) throw oauthError(401, 'access_denied', 'Unauthorized');
  const holder = digest(token);
  const grantee = token.includes('.') ? await readMfaAccessToken(context, token) : undefined;
  if (!grantee) {
    const { ticket, user } = requireTicket(context, token, 401);
    if (!orTicket) throw forbidden(scope);
    return { user, clientId: ticket.client_id, holder, isMfaToken: true };
  }
  const user = context.state.users.get(grantee.userId);
  if (!user || user.blocked === true) throw malformedToken(401);
  if (!grantee.scope.includes(scope)) throw forbidden(scope);
  return { user, clientId: grantee.clientId, holder, isMfaToken: false };
}
