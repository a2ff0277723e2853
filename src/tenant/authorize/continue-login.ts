import type { TenantContext } from '../context.ts';
import type { TenantReply, TenantRequest } from '../endpoints/endpoint.ts';
import { browserError } from './browser-error.ts';
import type { ProvenStep } from './login-transaction.ts';

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
  void [context, request, transactionId, proven];
  throw browserError(501, 'temporarily_unavailable', 'not yet');
}
