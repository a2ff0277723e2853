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

/** What the receiver knows: when the session ends unless it is used, and whether it was told that it expires. */
interface Told {
  idleEndsAtMs: number;
  hasExpiring: boolean;
}

const toEventId = ({ idleEndsAtMs, hasExpiring }: Told): string => `${idleEndsAtMs}.${hasExpiring ? 1 : 0}`;

/** What an id of an event says; anything else says nothing. */
function parseEventId(id: string | undefined): Told | undefined {
  const [, idleEnds, expiring] = EVENT_ID.exec(id ?? '') ?? [];
  return idleEnds === undefined
    ? undefined
    : { idleEndsAtMs: Number(idleEnds), hasExpiring: expiring === '1' };
}

/**
 * Sends what happens to the session of a caller: `ended`, then the stream closes; `expiring` two minutes before its end; `renewed` when
 * its idle end has moved by a minute or more. With the id of the last event that the receiver has, what it missed comes at once.
 */
export function streamSession(
  { watchSession, clock }: SessionStreamDeps,
  caller: Caller,
  lastEventId: string | undefined,
): StreamEvents {
  return (stream: EventStream) => {
    let told = parseEventId(lastEventId);
    return watchSession(caller, {
      onEnded(reason) {
        stream.send({ event: 'ended', data: { reason } });
        stream.end();
      },
      onSeen({ idleEndsAtMs, endsAtMs }) {
        if (!told) {
          told = { idleEndsAtMs, hasExpiring: false };
          // A receiver that is cut off before the first event hears what it missed as well.
          stream.setId(toEventId(told));
        }
        const endMs = Math.min(idleEndsAtMs, endsAtMs);
        if (idleEndsAtMs - told.idleEndsAtMs >= MOVED_MS) {
          told = { idleEndsAtMs, hasExpiring: false };
          const data = { expires_at: toTime(endsAtMs), idle_expires_at: toTime(idleEndsAtMs) };
          stream.send({ event: 'renewed', id: toEventId(told), data });
        }
        if (!told.hasExpiring && endMs - clock.now() <= EXPIRING_MS) {
          told.hasExpiring = true;
          stream.send({ event: 'expiring', id: toEventId(told), data: { expires_at: toTime(endMs) } });
        }
      },
    });
  };
}
