import type { RedisClient } from './redis-connection.ts';
import { ask, toList, toNumber, toText } from './redis-reply.ts';
import { defineScript } from './redis-script.ts';
import { SESSION_SCRIPTS } from './redis-session-scripts.ts';

/** The indexes of a session, besides that of all sessions. */
export interface FiledSession {
  readonly subjectKey: string;
  readonly sidKey: string | undefined;
  readonly idleEndsAtMs: number;
  readonly endsAtMs: number;
}

/** The set of all sessions. */
export const ALL_SESSIONS = 'gatehouse:sessions';

/** The set of a subject's sessions. */
export const toSubjectSet = (key: string): string => `gatehouse:subject:${key}`;

/** The set of the sessions of one tenant session. */
export const toSidSet = (key: string): string => `gatehouse:sid:${key}`;

const toSets = ({ subjectKey, sidKey }: Pick<FiledSession, 'subjectKey' | 'sidKey'>): string[] => [
  toSubjectSet(subjectKey),
  ...(sidKey === undefined ? [] : [toSidSet(sidKey)]),
];

/**
 * The sets that find sessions without their ids. They are written after the record and may lag behind it: an id without a
 * record is dropped when it is read, a record without its id is filed again by its next write.
 */
export interface SessionIndex {
  file(id: string, session: FiledSession, nowMs: number): Promise<void>;
  /** Removes a session from all its sets. */
  drop(id: string, session: Pick<FiledSession, 'subjectKey' | 'sidKey'>): Promise<void>;
  dropFrom(sets: readonly string[], ids: readonly string[]): Promise<void>;
  /** Unexpired ids, of sessions that may have ended. */
  idsOf(set: string, nowMs: number): Promise<string[]>;
  /** The number of unexpired ids. */
  count(set: string, nowMs: number): Promise<number>;
}

/** Creates the index on a connection. */
export function createSessionIndex(redis: RedisClient): SessionIndex {
  const file = defineScript(redis, 'file', SESSION_SCRIPTS.file);
  const after = (nowMs: number): string => `(${nowMs}`;
  const dropFrom = async (sets: readonly string[], ids: readonly string[]): Promise<void> => {
    if (ids.length > 0) await Promise.all(sets.map((set) => ask(redis.zrem(set, ...ids), () => undefined)));
  };
  return {
    async file(id, session, nowMs) {
      const { idleEndsAtMs, endsAtMs } = session;
      // Among the sessions of a user it stays to its absolute end, so that a lost update of the idle time hides none.
      const filings = [
        [ALL_SESSIONS, Math.min(idleEndsAtMs, endsAtMs)] as const,
        ...toSets(session).map((set) => [set, endsAtMs] as const),
      ];
      await Promise.all(filings.map(([set, untilMs]) => ask(file(set, nowMs, id, untilMs), () => undefined)));
    },
    drop: (id, session) => dropFrom([ALL_SESSIONS, ...toSets(session)], [id]),
    dropFrom,
    idsOf: (set, nowMs) =>
      ask(redis.zrangebyscore(set, after(nowMs), '+inf'), (reply) => toList(reply).map(toText)),
    count: (set, nowMs) => ask(redis.zcount(set, after(nowMs), '+inf'), toNumber),
  };
}
