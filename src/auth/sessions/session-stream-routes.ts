import { z } from 'zod';
import { GatewayError } from '../../errors.ts';
import type { StreamEvents } from '../../http/event-stream.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import { type SessionStreamDeps, streamSession } from './session-stream.ts';

const MAX_PER_SESSION = 10;
const RETRY_AFTER_S = 5;

const streamHeaders = z.object({
  'Last-Event-ID': z.string().optional().meta({ description: 'The id of the last event that was received.' }),
});

/** Limits the open streams of each session on this replica. */
function createStreamLimit() {
  const open = new Map<string, number>();
  const countOf = (id: string): number => open.get(id) ?? 0;
  return (id: string, events: StreamEvents): StreamEvents => {
    if (countOf(id) >= MAX_PER_SESSION)
      throw new GatewayError('overloaded', {
        retryAfterS: RETRY_AFTER_S,
        reason: 'streams of session',
        detail: `The session has ${MAX_PER_SESSION} open streams, the maximum. Close one of them.`,
      });
    return (stream) => {
      open.set(id, countOf(id) + 1);
      const stop = events(stream);
      return () => {
        if (countOf(id) > 1) open.set(id, countOf(id) - 1);
        else open.delete(id);
        stop();
      };
    };
  };
}

/** `GET /v1/auth/session/events`: notifies open tabs of changes of their session. */
export function sessionStreamRoutes(deps: SessionStreamDeps): Route[] {
  const limit = createStreamLimit();
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/auth/session/events',
      guard: {},
      isEventStream: true,
      operationId: 'streamSession',
      summary: 'Stream changes of the session as server-sent events',
      description:
        '`ended` (`{"reason": "signed_out" | "revoked" | "expired"}`), after which the stream closes; `expiring` (`{"expires_at"}`), two minutes before the end; `renewed` (`{"expires_at", "idle_expires_at"}`). For `EventSource` of pages of this or a listed origin. It needs no `X-CSRF` and does not keep the session alive.',
      tag: 'Sessions',
      requestHeaders: streamHeaders,
      responses: {
        200: { description: 'The events', contentType: 'text/event-stream', schema: z.string() },
      },
      errors: ['unauthenticated', 'csrf_failed', 'overloaded', 'store_unavailable'],
      handler: ({ caller, request }) => {
        const { sessionId } = caller;
        if (sessionId === undefined)
          throw new GatewayError('unauthenticated', {
            reason: 'not a session',
            detail: 'Use a session: a bearer token has no session to watch.',
          });
        const lastId = request.headers['last-event-id'];
        const events = streamSession(deps, caller, typeof lastId === 'string' ? lastId : undefined);
        return { status: 200, events: limit(sessionId, events) };
      },
    }),
  ];
}
