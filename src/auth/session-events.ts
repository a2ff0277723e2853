import type { SessionOptions } from '../session/assemble.ts';
import { type AttemptRecorder, recordOutcome } from './record-attempt.ts';

/** Records session events outside of a request: renewals, and ends because of too many sessions. */
export const createSessionEvents = (
  recorder: AttemptRecorder,
): Pick<SessionOptions, 'onRefreshed' | 'onDisplaced'> => ({
  onRefreshed: ({ meta: { subject } }, error) =>
    recordOutcome(recorder, { event: 'auth.refresh', subject }, error),
  onDisplaced: (subject) =>
    recorder.audit({ event: 'auth.session_revoked', outcome: 'succeeded', subject, reason: 'session_max' }),
});
