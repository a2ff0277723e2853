import { toErrorCode } from '../errors.ts';
import type { Reply, RequestInfo } from '../http/route.ts';
import { type Audit, toAuditOutcome } from '../observe/audit.ts';

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

/** Runs a sign-in and leaves its audit event and its count, whichever way it ends. */
export async function noteSignIn(
  { audit, count }: SignInNotes,
  { id: requestId, ip }: RequestInfo,
  run: () => Promise<SignInOutcome>,
): Promise<Reply> {
  const event = { event: 'auth.signin', requestId, ip } as const;
  try {
    const { reply, isSignedIn, subject } = await run();
    if (isSignedIn) {
      audit({ ...event, outcome: 'succeeded', subject });
      count('succeeded');
    }
    return reply;
  } catch (error) {
    audit({ ...event, ...toAuditOutcome(error) });
    count(toErrorCode(error));
    throw error;
  }
}
