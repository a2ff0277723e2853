import type { TenantContext } from '../context.ts';
import type { BrowserSession } from '../state/browser-documents.ts';
import { revokeUserTokens } from '../tokens/refresh-families.ts';
import { type LogoutInitiator, notifyClient } from './backchannel-logout.ts';

/** Ends a browser session and notifies its clients that are configured for this event. */
export function endSession(
  context: TenantContext,
  session: BrowserSession,
  initiator: LogoutInitiator,
): void {
  const { state } = context;
  if (!state.browserSessions.remove(session.id)) return;
  for (const id of session.clients) {
    const client = state.clients.get(id);
    if (client) notifyClient(context, client, session, initiator);
  }
}

/**
 * Revokes everything of a user: sessions, pending sign-ins and MFA challenges, codes, refresh tokens, opaque access
 * tokens and mailed links. After a password change, the link to verify their address stays valid.
 */
export function revokeUser(
  context: TenantContext,
  userId: string,
  initiator: LogoutInitiator = 'session-revoked',
): void {
  const { state } = context;
  const sessions = state.transaction(() => {
    for (const transaction of state.loginTransactions.find('user_id', userId))
      state.loginTransactions.remove(transaction.id);
    for (const code of state.codes.find('user_id', userId)) state.codes.remove(code.id);
    for (const device of state.deviceAuthorizations.find('user_id', userId))
      state.deviceAuthorizations.remove(device.id);
    for (const ticket of state.mfaTickets.find('user_id', userId)) state.mfaTickets.remove(ticket.id);
    for (const { id } of state.enrolmentTickets.find('user_id', userId)) state.enrolmentTickets.remove(id);
    for (const challenge of state.mfaChallenges.find('user_id', userId))
      state.mfaChallenges.remove(challenge.id);
    for (const ticket of state.tickets.find('user_id', userId))
      if (initiator !== 'password-changed' || ticket.purpose !== 'verify_email')
        state.tickets.remove(ticket.id);
    revokeUserTokens({ state }, userId);
    return state.browserSessions.find('user_id', userId);
  });
  for (const session of sessions) endSession(context, session, initiator);
}
