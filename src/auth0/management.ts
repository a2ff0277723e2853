import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { createClientAuthentication } from './client-authentication.ts';
import { toRefusal } from './error-map.ts';
import { createOwnClientTokens } from './own-client-token.ts';
import {
  createTenantCalls,
  type TenantAnswer,
  type TenantCallOptions,
  type TenantRequest,
} from './tenant-call.ts';
import { isSuccess } from './token-answer.ts';

/** The Management API of the tenant, and the machine client that may use it. */
export interface ManagementLink {
  /** The origin at which it is reached. */
  readonly baseUrl: string;
  /** Of the canonical domain, with its trailing slash: tokens are issued by it, and for its `api/v2/`. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A refresh token as the tenant lists it: not the token itself. It is one, however often it was exchanged. */
export interface IssuedRefreshToken {
  readonly id: string;
  /** The tenant's session that it came from; undefined for one of a password or a code by mail. */
  readonly sid: string | undefined;
  readonly createdAtMs: number;
}

/** The Management API, as far as the gateway calls it. Everything throws GatewayError. */
export interface Management {
  /** Ends a session at the tenant; one that is not known has ended. */
  revokeSession(sid: string): Promise<void>;
  /** The refresh tokens of a user that the gateway's own client was given. */
  listRefreshTokens(userId: string): Promise<readonly IssuedRefreshToken[]>;
  revokeRefreshTokens(ids: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface ManagementOptions extends Pick<TenantCallOptions, 'timeoutMs' | 'onCalled'> {
  readonly link: ManagementLink;
  /** Of the gateway's own client, which signs users in. */
  readonly ownClientId: string;
  readonly clock: Clock;
}

const SESSIONS = '/api/v2/sessions';
const REFRESH_TOKENS = '/api/v2/refresh-tokens';
/** Entries a page, and ids a call, at most. */
const PAGE = 100;
const MAX_PAGES = 10;

const refreshTokenPage = z.object({
  refresh_tokens: z.array(
    z.object({ id: z.string(), session_id: z.string().nullish(), created_at: z.string() }),
  ),
  next: z.string().optional(),
});

/** Its calls have a breaker and places of their own: a sign-in never waits for them. */
export function createManagement({ link, ownClientId, clock, ...calls }: ManagementOptions): Management {
  const { baseUrl, issuer, clientId, clientSecret } = link;
  const { call, close } = createTenantCalls({ baseUrl, ...calls });
  const credential = { secret: clientSecret };
  const authenticateClient = createClientAuthentication({ clientId, credential, issuer, clock });
  const toToken = createOwnClientTokens({ call, authenticateClient, clock });
  const audience = `${issuer}api/v2/`;

  /** Asks once more with a new token where the tenant does not take the one that was kept. */
  async function ask(request: TenantRequest): Promise<TenantAnswer> {
    const send = (token: string) => call({ ...request, headers: { authorization: `Bearer ${token}` } });
    const token = await toToken(audience);
    const answer = await send(token);
    return answer.status === 401 ? send(await toToken(audience, token)) : answer;
  }

  async function readPage(query: URLSearchParams): Promise<z.output<typeof refreshTokenPage>> {
    const path = `${REFRESH_TOKENS}?${query.toString()}`;
    const answer = await ask({ method: 'GET', name: REFRESH_TOKENS, path });
    if (!isSuccess(answer)) throw toRefusal('refresh', answer);
    const parsed = refreshTokenPage.safeParse(answer.body);
    if (!parsed.success) throw new GatewayError('tenant_error', { reason: 'refresh_token_list' });
    return parsed.data;
  }

  return {
    async revokeSession(sid) {
      const path = `${SESSIONS}/${encodeURIComponent(sid)}/revoke`;
      const answer = await ask({ name: `${SESSIONS}/{id}/revoke`, path, json: {} });
      if (!isSuccess(answer) && answer.status !== 404) throw toRefusal('refresh', answer);
    },

    async listRefreshTokens(userId) {
      const query = new URLSearchParams({ user_id: userId, client_id: ownClientId, take: String(PAGE) });
      const found: IssuedRefreshToken[] = [];
      for (let page = 0; page < MAX_PAGES; page++) {
        const { refresh_tokens, next } = await readPage(query);
        for (const { id, session_id, created_at } of refresh_tokens)
          found.push({ id, sid: session_id ?? undefined, createdAtMs: Date.parse(created_at) });
        if (next === undefined) break;
        query.set('from', next);
      }
      return found;
    },

    async revokeRefreshTokens(ids) {
      for (let from = 0; from < ids.length; from += PAGE) {
        const json = { ids: ids.slice(from, from + PAGE) };
        const path = `${REFRESH_TOKENS}/revoke`;
        const answer = await ask({ name: path, path, json });
        if (!isSuccess(answer)) throw toRefusal('refresh', answer);
      }
    },
    close,
  };
}
