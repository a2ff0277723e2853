import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import type { Texts } from '../store/store.ts';
import { type ApplyDeps, applyEffect } from './apply-effects.ts';
import type { Effect } from './effects.ts';

const TEXT_NAME = 'revocation-events';

/** Reads the tenant's events until the stream ends; `expired` if the tenant no longer has the last applied event. */
export type ReadEvents = (
  types: readonly string[],
  after: string | undefined,
  onEvent: (event: {
    readonly type: string;
    readonly id: string | undefined;
    readonly data: unknown;
  }) => Promise<void>,
  signal: AbortSignal,
) => Promise<'closed' | 'expired'>;

export interface EventFeedDeps extends ApplyDeps {
  readonly readEvents: ReadEvents;
  readonly texts: Texts;
  readonly clock: Clock;
}

const user = z.object({ user_id: z.string().min(1), blocked: z.boolean().optional() });
const member = z.object({ user: z.object({ user_id: z.string().min(1) }) });
const event = z.object({
  time: z.iso.datetime({ offset: true }).optional(),
  data: z.object({ object: z.unknown(), previous_object: z.unknown().optional() }),
});
const envelope = z.object({ event });

type EventData = z.output<typeof event>['data'];

function ofUserUpdate({ object, previous_object }: EventData): Effect[] {
  const { data: now } = user.safeParse(object);
  if (!now) return [];
  const { user_id: sub } = now;
  if (now.blocked === true) return [{ does: 'block', sub }];
  return user.safeParse(previous_object).data?.blocked === true ? [{ does: 'unblock', sub }] : [];
}

/** Event types that revoke or restore access; there are none for sessions, tokens and passwords. */
export const EVENT_ROWS: Readonly<Record<string, (data: EventData) => readonly Effect[]>> = {
  'user.updated': ofUserUpdate,
  'user.deleted': ({ object }) => {
    const { data } = user.safeParse(object);
    return data ? [{ does: 'block', sub: data.user_id }] : [];
  },
  'organization.member.role.deleted': ({ object }) => {
    const { data } = member.safeParse(object);
    return data ? [{ does: 'renew', sub: data.user.user_id }] : [];
  },
};

/**
 * Reads one stream of events after the last applied one, until it ends. Events can be duplicated and out of order: each
 * only anticipates an entry of the log.
 * @throws GatewayError for an outage
 */
export async function readEventStream(deps: EventFeedDeps, signal: AbortSignal): Promise<void> {
  const { readEvents, texts, clock } = deps;
  const after = (await texts.read(TEXT_NAME)) || undefined;
  const outcome = await readEvents(
    Object.keys(EVENT_ROWS),
    after,
    async ({ type, id, data }) => {
      const found = Object.hasOwn(EVENT_ROWS, type) ? envelope.safeParse(data).data : undefined;
      const atMs = found?.event.time === undefined ? clock.now() : Date.parse(found.event.time);
      const effects = found ? (EVENT_ROWS[type]?.(found.event.data) ?? []) : [];
      for (const effect of effects) await applyEffect(deps, effect, atMs);
      if (id !== undefined) await texts.write(TEXT_NAME, id);
    },
    signal,
  );
  if (outcome === 'closed') return;
  // Missed events are also in the log.
  await texts.write(TEXT_NAME, '');
}
