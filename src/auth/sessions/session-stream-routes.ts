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

/** Bounds the open streams of each session on this replica. */
function createStreamBound() {
  const open = new Map<string, number>();
  const countOf = (id: string): number => open.get(id) ?? 0;
  return (id: string, events: StreamEvents): StreamEvents => {
    if (countOf(id) >= MAX_PER_SESSION)
      throw new GatewayError('overloaded', {
        retryAfterS: RETRY_AFTER_S,
        reason: 'streams of session',
        detail: `The session has ${MAX_PER_SESSION} streams open, the most that one may have. Close one of them.`,
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

/** `GET /v1/auth/session/events`: tells open tabs what happens to their session. */
export function sessionStreamRoutes(deps: SessionStreamDeps): Route[] {
  const bound = createStreamBound();
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/auth/session/events',
      guard: {},
      isEventStream: true,
      operationId: 'streamSession',
      summary: 'What happens to the session, as server-sent events',
      description:
        '`ended` (`{"reason": "signed_out" | "revoked" | "expired"}`), after which the stream closes; `expiring` (`{"expires_at"}`), two minutes before the end; `renewed` (`{"expires_at", "idle_expires_at"}`). For `EventSource` of a page at this or a listed origin; it needs no `X-CSRF`, and to open it is no use of the session.',
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
        return { status: 200, events: bound(sessionId, events) };
      },
    }),
  ];
}
