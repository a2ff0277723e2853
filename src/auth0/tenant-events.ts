import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { Agent, request } from 'undici';
import { GatewayError } from '../errors.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** The tenant sends heartbeats more often. */
const SILENCE_MS = 90_000;
/** Maximum length of one event, in characters. */
const MAX_EVENT = 1024 * 1024;

/** One event of the stream; reading can resume after its `id`. */
export interface TenantEvent {
  readonly type: string;
  readonly id: string | undefined;
  /** Parsed JSON; undefined if it is not JSON. */
  readonly data: unknown;
}

/**
 * Reads the tenant's events (`GET /api/v2/events`, scope `read:events`) after a given one, until the tenant closes the
 * stream or the signal aborts.
 * @returns `expired` if the tenant no longer has the given event
 * @throws GatewayError `tenant_misconfigured`, `tenant_unavailable`
 */
export type ReadTenantEvents = (
  types: readonly string[],
  after: string | undefined,
  onEvent: (event: TenantEvent) => Promise<void>,
  signal: AbortSignal,
) => Promise<'closed' | 'expired'>;

export interface TenantEvents {
  readonly read: ReadTenantEvents;
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function createTenantEvents(
  baseUrl: string,
  authorize: () => Promise<{ readonly authorization: string }>,
): TenantEvents {
  return {
    async read(types, after, onEvent, signal) {
      const query = new URLSearchParams(types.map((type): [string, string] => ['event_type', type]));
      const agent = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, bodyTimeout: SILENCE_MS });
      try {
        const { statusCode: status, body } = await request(
          new URL(`/api/v2/events?${query.toString()}`, baseUrl),
          {
            dispatcher: agent,
            signal,
            headers: {
              accept: 'text/event-stream',
              ...(await authorize()),
              ...(after !== undefined && { 'last-event-id': after }),
            },
          },
        );
        if (status !== 200) {
          await body.dump({ limit: MAX_EVENT });
          if (status === 410) return 'expired';
          const code = status === 401 || status === 403 ? 'tenant_misconfigured' : 'tenant_unavailable';
          throw new GatewayError(code, { reason: `events_status_${status}` });
        }
        const waiting: EventSourceMessage[] = [];
        let size = 0;
        const parser = createParser({ onEvent: (message) => void waiting.push(message) });
        const decoder = new TextDecoder();
        for await (const chunk of body) {
          size += (chunk as Buffer).length;
          if (size > MAX_EVENT) throw new GatewayError('tenant_error', { reason: 'event_too_large' });
          parser.feed(decoder.decode(chunk as Buffer, { stream: true }));
          for (const { event = 'message', id, data } of waiting.splice(0)) {
            size = 0;
            await onEvent({ type: event, id, data: toJson(data) });
          }
        }
        return 'closed';
      } finally {
        await agent.destroy();
      }
    },
  };
}
