import type { TenantContext } from '../context.ts';
import { beginSession, readSession } from '../sessions/browser-session.ts';
import { endSession } from '../sessions/end-session.ts';
import type { LoginTransaction } from '../state/browser-documents.ts';
import type { TenantReply, TenantRequest } from '../wire/row.ts';
import { advance, cancel } from './advance.ts';
import { judgeUser, userIsGone } from './judge-user.ts';
import { lostTransaction } from './login-transaction.ts';
import { pendingStep } from './pending-step.ts';
import { Refusal } from './refusal.ts';
import { clientOf } from './step-model.ts';

/** What a step has proven. */
export interface ProvenStep {
  /** Who it is; undefined where that was known before, as with a second factor. */
  readonly userId?: string | undefined;
  /** The connection by which they proved it. */
  readonly connection?: string | undefined;
  /** `pwd`, `otp`, `sms`, `email`, `fed`; a second factor adds `mfa`. */
  readonly amr: readonly string[];
}

/**
 * Answers with the next step of a sign-in after what has just been `proven`: a second factor, consent, or the way
 * back to the client. For handlers of /u pages, which have called `requireTransaction` before.
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
  if (!before || user_id === undefined) throw lostTransaction();
  // Somebody else than before: what the other one has proven or agreed to does not count for them.
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
  };
  state.loginTransactions.put(transaction);
  const user = judgeUser(context, transaction);
  if (!user || user instanceof Refusal) return cancel(context, request, transaction, user ?? userIsGone());
  const client = clientOf(context, transaction);
  const parties = { client, user, transaction, ip: request.ip };
  if (pendingStep(context, parties) === 'mfa') return advance(context, request, transaction, []);
  const present = readSession(context, request.headers);
  if (present && present.user_id !== user_id) endSession(context, present, 'session-revoked');
  const { session, cookie } = beginSession(context, present, { user_id, connection, amr, auth_time_ms });
  const signedIn = { ...transaction, sid: session.sid };
  state.loginTransactions.put(signedIn);
  return advance(context, request, signedIn, [cookie]);
}
