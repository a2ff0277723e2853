import { mfaAudience } from '../authorization/mfa-api.ts';
import type { TenantContext } from '../context.ts';
import { digest } from '../lib/random.ts';
import type { MfaTicket } from '../state/factor-documents.ts';
import type { Client } from '../state/settings-documents.ts';
import { readMfaAccessToken } from './mfa-access-token.ts';
import { malformedToken, otherClientsToken } from './mfa-errors.ts';
import { requireTicketOf } from './mfa-ticket.ts';
import type { Prover } from './proof.ts';

/** The presenter of an `mfa_token` at /oauth/token, with the tokens to issue. */
export interface MfaHolder extends Prover {
  readonly clientId: string;
  readonly grant: Pick<MfaTicket, 'audience' | 'scope' | 'gty' | 'connection' | 'actions'>;
}

/**
 * Verifies `mfa_token`: the ticket of a sign-in, or an access token for the MFA API with the scope `enroll`, which can
 * only confirm an enrolment. Throws 403 `invalid_grant` or `expired_token`, 400 for another client's.
 */
export async function requireMfaHolder(
  context: TenantContext,
  client: Client,
  token: string,
): Promise<MfaHolder> {
  const grantee = token.includes('.') ? await readMfaAccessToken(context, token) : undefined;
  if (!grantee) {
    const { ticket, user } = requireTicketOf(context, client, token);
    return { user, clientId: client.client_id, holder: ticket.id, purpose: 'sign-in', grant: ticket };
  }
  if (grantee.clientId !== client.client_id) throw otherClientsToken();
  const user = context.state.users.get(grantee.userId);
  if (!user || user.blocked === true || !grantee.scope.includes('enroll')) throw malformedToken(403);
  return {
    user,
    clientId: client.client_id,
    holder: digest(token),
    purpose: 'enrolment',
    grant: {
      connection: user.identities[0]?.connection ?? '',
      audience: mfaAudience(context.issuer),
      scope: grantee.scope,
    },
  };
}
