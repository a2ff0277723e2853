import type { EventStream, StreamEvents } from '../../http/event-stream.ts';
import type { Caller } from '../../http/route.ts';
import type { Clock } from '../../lib/clock.ts';
import { toTime } from '../../session/signed-in-reply.ts';
import type { WatchSession } from '../../session/watch-session.ts';

const EXPIRING_MS = 120_000;
const MOVED_MS = 60_000;
const EVENT_ID = /^(\d{1,15})\.([01])$/;

export interface SessionStreamDeps {
  readonly watchSession: WatchSession;
  readonly clock: Clock;
}

/** What the receiver has been sent: the idle end of the session, and whether `expiring` was sent for it. */
interface SentState {
  idleEndsAtMs: number;
  hasExpiring: boolean;
}

const toEventId = ({ idleEndsAtMs, hasExpiring }: SentState): string =>
  `${idleEndsAtMs}.${hasExpiring ? 1 : 0}`;

/** The state in an event id; undefined if the id is invalid. */
function parseEventId(id: string | undefined): SentState | undefined {
  const [, idleEnds, expiring] = EVENT_ID.exec(id ?? '') ?? [];
  return idleEnds === undefined
    ? undefined
    : { idleEndsAtMs: Number(idleEnds), hasExpiring: expiring === '1' };
}

/**
 * Sends the events of a caller's session: `ended`, then the stream closes; `expiring` two minutes before its end; `renewed`
 * when its idle end has moved by a minute or more. With the id of the last received event, missed events are sent
 * immediately.
 */
export function streamSession(
  { watchSession, clock }: SessionStreamDeps,
  caller: Caller,
  lastEventId: string | undefined,
): StreamEvents {
  return (stream: EventStream) => {
    let sent = parseEventId(lastEventId);
    return watchSession(caller, {
      onEnded(reason) {
        stream.send({ event: 'ended', data: { reason } });
        stream.end();
      },
      onSeen({ idleEndsAtMs, endsAtMs }) {
        if (!sent) {
          sent = { idleEndsAtMs, hasExpiring: false };
          // A receiver that is disconnected before the first event can also resume.
          stream.setId(toEventId(sent));
        }
        const endMs = Math.min(idleEndsAtMs, endsAtMs);
        if (idleEndsAtMs - sent.idleEndsAtMs >= MOVED_MS) {
          sent = { idleEndsAtMs, hasExpiring: false };
          const data = { expires_at: toTime(endsAtMs), idle_expires_at: toTime(idleEndsAtMs) };
          stream.send({ event: 'renewed', id: toEventId(sent), data });
        }
        if (!sent.hasExpiring && endMs - clock.now() <= EXPIRING_MS) {
          sent.hasExpiring = true;
          stream.send({ event: 'expiring', id: toEventId(sent), data: { expires_at: toTime(endMs) } });
        }
      },
    });
  };
}
