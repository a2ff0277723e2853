import type { TenantContext } from '../context.ts';
import { beginSession, readSession } from '../sessions/browser-session.ts';
import { endSession } from '../sessions/end-session.ts';
import type { LoginTransaction } from '../state/browser-documents.ts';
import type { TenantReply, TenantRequest } from '../wire/row.ts';
import { advance, cancel } from './advance.ts';
import { checkUser, userDeleted } from './check-user.ts';
import { transactionNotFound } from './login-transaction.ts';
import { Refusal } from './refusal.ts';

/** What a completed step has verified. */
export interface ProvenStep {
  /** The user; undefined if an earlier step identified them, as with a second factor. */
  readonly userId?: string | undefined;
  /** The connection that they signed in with. */
  readonly connection?: string | undefined;
  /** Authentication methods (RFC 8176): `pwd`, `otp`, `sms`, `email`, `fed`; a second factor adds `mfa`. */
  readonly amr: readonly string[];
}

/**
 * Stores what a step has verified and answers with the next step: second factor, consent, or the response to the
 * client. Handlers of /u pages must call `requireTransaction` first.
 */
export function continueLogin(
  context: TenantContext,
  request: TenantRequest,
  transactionId: string,
  proven: ProvenStep,
): TenantReply | Promise<TenantReply> {
  const { state, clock } = context;
  const before = state.loginTransactions.get(transactionId);
  const user_id = proven.userId ?? before?.user_id;
  if (!before || user_id === undefined) throw transactionNotFound();
  // A different user than before: the previous user's factors and consent do not carry over.
  const isSame = user_id === before.user_id;
  const connection = proven.connection ?? before.connection ?? '';
  const amr = [...new Set([...(isSame ? before.amr : []), ...proven.amr])];
  const auth_time_ms = clock.now();
  const transaction: LoginTransaction = {
    ...before,
    user_id,
    connection,
    amr,
    auth_time_ms,
    fresh: true,
    sid: isSame ? before.sid : undefined,
    consented: isSame && before.consented,
    confirmed: false,
    // A first factor is a new sign-in. After a second one, only the Actions that are left run.
    actions: isSame && proven.userId === undefined ? before.actions : undefined,
  };
  state.loginTransactions.put(transaction);
  const user = checkUser(context, transaction);
  if (!user || user instanceof Refusal) return cancel(context, request, transaction, user ?? userDeleted());
  const present = readSession(context, request);
  if (present && present.user_id !== user_id) endSession(context, present, 'session-revoked');
  const { session, cookies } = beginSession(context, present, { user_id, connection, amr, auth_time_ms }, [
    request.scheme,
  ]);
  const signedIn = { ...transaction, sid: session.sid };
  state.loginTransactions.put(signedIn);
  return advance(context, request, signedIn, cookies);
}
