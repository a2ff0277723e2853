import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { toRefusal } from './error-map.ts';
import type { GetFromManagement } from './management-client.ts';
import { toRetryAfterS } from './retry-after.ts';
import type { TenantAnswer } from './tenant-call.ts';

/** Entries of API operations contain complete request bodies. */
const MAX_PAGE_BYTES = 8 * 1024 * 1024;
const GRANTS_PER_PAGE = 100;
const MAX_GRANT_PAGES = 20;

/** A page of the tenant's log, oldest entry first. */
export interface LogPage {
  readonly entries: readonly unknown[];
  /** Seconds to wait before the next request; 0 unless the tenant's rate limit is used up. */
  readonly waitS: number;
}

/**
 * Reads the tenant's log (`GET /api/v2/logs`, scope `read:logs`) and the data to interpret it. All functions throw
 * GatewayError.
 */
export interface TenantLog {
  /** Entries after an id, or the oldest stored ones. Undefined: the tenant no longer has the entry of the id. */
  readonly readAfter: (logId: string | undefined, take: number) => Promise<LogPage | undefined>;
  /** The latest entry, or none. */
  readonly readLatest: () => Promise<LogPage>;
  /** The client of each client grant, by the id of the grant. */
  readonly readClientGrants: () => Promise<Readonly<Record<string, string>>>;
  /** The current state of a user. */
  readonly readStanding: (userId: string) => Promise<'active' | 'blocked' | 'gone'>;
}

const list = z.array(z.unknown());
const grants = z.array(z.object({ id: z.string(), client_id: z.string().optional() }));
const standing = z.object({ blocked: z.boolean().nullish() });

/** Seconds until the rate limit allows another call; 0: now. */
const toWaitS = ({ headers }: TenantAnswer): number =>
  Number(headers['x-ratelimit-remaining'] ?? Number.NaN) === 0 ? toRetryAfterS(headers, 1) : 0;

/** @throws GatewayError of a refusal, or `tenant_error` for an unexpected response */
function parse<S extends z.ZodType>(schema: S, answer: TenantAnswer): z.output<S> {
  if (answer.status >= 400) throw toRefusal('management', answer);
  const parsed = schema.safeParse(answer.body);
  if (!parsed.success) throw new GatewayError('tenant_error', { reason: 'log_answer' });
  return parsed.data;
}

export function createTenantLog(get: GetFromManagement): TenantLog {
  const readPage = async (query: string): Promise<TenantAnswer> =>
    get(`/api/v2/logs?${query}`, { maxAnswerBytes: MAX_PAGE_BYTES });
  const toPage = (answer: TenantAnswer): LogPage => ({
    entries: parse(list, answer),
    waitS: toWaitS(answer),
  });

  return {
    async readAfter(logId, take) {
      const query = new URLSearchParams({ ...(logId !== undefined && { from: logId }), take: String(take) });
      const answer = await readPage(query.toString());
      const isLost = logId !== undefined && (answer.status === 400 || answer.status === 404);
      return isLost ? undefined : toPage(answer);
    },
    readLatest: async () => toPage(await readPage('sort=date%3A-1&per_page=1&page=0')),
    async readClientGrants() {
      const clients: Record<string, string> = {};
      for (let page = 0; page < MAX_GRANT_PAGES; page++) {
        const found = parse(
          grants,
          await get(`/api/v2/client-grants?per_page=${GRANTS_PER_PAGE}&page=${page}`),
        );
        for (const { id, client_id } of found) if (client_id !== undefined) clients[id] = client_id;
        if (found.length < GRANTS_PER_PAGE) break;
      }
      return clients;
    },
    async readStanding(userId) {
      const answer = await get(`/api/v2/users/${encodeURIComponent(userId)}?fields=blocked`);
      if (answer.status === 404) return 'gone';
      return parse(standing, answer).blocked === true ? 'blocked' : 'active';
    },
  };
}
