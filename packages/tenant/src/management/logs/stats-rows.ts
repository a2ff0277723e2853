import { z } from 'zod';
import { toIso } from '../../lib/clock.ts';
import type { LogEntry } from '../../state/token-documents.ts';
import { notFound } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';

const DAY_MS = 24 * 3600 * 1000;
const ACTIVE_DAYS = 30;
const day = z.string().regex(/^\d{8}$/, 'String does not match pattern: ^\\d{8}$');

/** Event codes that the statistics count. */
const COUNTED = {
  logins: ['s'],
  signups: ['ss'],
  leaked_passwords: ['pwd_leak', 'signup_pwd_leak'],
} as const;

/** Statistics from the log, and addresses that attack protection has blocked. */
export const statsRows: MakeRows = (context) => {
  const { state, clock } = context;
  return [
    defineRow({
      method: 'GET',
      path: '/stats/active-users',
      scopes: ['read:stats'],
      handle: () => {
        const since = toIso(clock.now() - ACTIVE_DAYS * DAY_MS);
        const active = state.users
          .list()
          .filter(({ last_login }) => last_login !== undefined && last_login >= since);
        return { status: 200, body: String(active.length), contentType: 'application/json; charset=utf-8' };
      },
    }),
    defineRow({
      method: 'GET',
      path: '/stats/daily',
      scopes: ['read:stats'],
      query: z.object({ from: day.optional(), to: day.optional() }),
      handle: ({ query }) => {
        const isWanted = (at: string): boolean =>
          (query.from === undefined || at >= query.from) && (query.to === undefined || at <= query.to);
        return {
          status: 200,
          body: daily(state.logs.list()).filter(({ date }) =>
            isWanted(date.slice(0, 10).replaceAll('-', '')),
          ),
        };
      },
    }),
    defineRow({
      method: 'GET',
      path: '/anomaly/blocks/ips/:ip',
      scopes: ['read:anomaly_blocks'],
      // Failures are counted per identifier here: no address is blocked as such.
      handle: () => {
        throw notFound('Not Found');
      },
    }),
    defineRow({
      method: 'DELETE',
      path: '/anomaly/blocks/ips/:ip',
      title: 'Unblock an IP address',
      scopes: ['delete:anomaly_blocks'],
      handle: () => ({ status: 204 }),
    }),
  ];
};

/** The counted events of each day with an event, oldest day first. */
function daily(logs: readonly LogEntry[]) {
  const days = Map.groupBy(logs, ({ date }) => date.slice(0, 10));
  return [...days]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([date, events]) => {
      const count = (types: readonly string[]) => events.filter(({ type }) => types.includes(type)).length;
      const at = `${date}T00:00:00.000Z`;
      return {
        date: at,
        logins: count(COUNTED.logins),
        signups: count(COUNTED.signups),
        leaked_passwords: count(COUNTED.leaked_passwords),
        created_at: at,
        updated_at: events.at(-1)?.date ?? at,
      };
    });
}
