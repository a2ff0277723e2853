import { GatewayError } from '../errors.ts';
import type { Reply, RequestInfo } from '../http/route.ts';
import type { Audit } from '../observe/audit.ts';

/** Where sign-ins leave word of themselves. */
export interface SignInNotes {
  readonly audit: Audit;
  /** Counts the outcome: `succeeded`, or the code of the error. */
  readonly count: (outcome: string) => void;
}

export interface SignInOutcome {
  readonly reply: Reply;
  /** Where nobody was to be asked, nobody may be: that is no event. */
  readonly isSignedIn: boolean;
  /** Undefined where no ID token says so. */
  readonly subject: string | undefined;
}

/** Leaves the audit event and the count of a sign-in that failed. */
export function noteFailedSignIn(
  { audit, count }: SignInNotes,
  { id: requestId, ip }: RequestInfo,
  error: unknown,
): void {
  const reason = error instanceof GatewayError ? error.code : 'internal';
  audit({ event: 'auth.signin', requestId, ip, outcome: 'failed', reason });
  count(reason);
}

/** Runs a sign-in and leaves its audit event and its count, whichever way it ends. */
export async function noteSignIn(
  notes: SignInNotes,
  request: RequestInfo,
  run: () => Promise<SignInOutcome>,
): Promise<Reply> {
  try {
    const { reply, isSignedIn, subject } = await run();
    if (isSignedIn) {
      const { id: requestId, ip } = request;
      notes.audit({ event: 'auth.signin', requestId, ip, outcome: 'succeeded', subject });
      notes.count('succeeded');
    }
    return reply;
  } catch (error) {
    noteFailedSignIn(notes, request, error);
    throw error;
  }
}
