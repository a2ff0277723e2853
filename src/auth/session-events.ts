import type { SessionOptions } from '../session/assemble.ts';
import { type AttemptRecorder, recordOutcome } from './record-attempt.ts';

/** Records what happens to a session without a request of its own: its renewals, and its end when its user has too many. */
export const createSessionEvents = (
  recorder: AttemptRecorder,
): Pick<SessionOptions, 'onRefreshed' | 'onDisplaced'> => ({
  onRefreshed: ({ meta: { subject } }, error) =>
    recordOutcome(recorder, { event: 'auth.refresh', subject }, error),
  onDisplaced: (subject) =>
    recorder.audit({ event: 'auth.session_revoked', outcome: 'succeeded', subject, reason: 'session_max' }),
});
