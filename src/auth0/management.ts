import type { Clock } from '../lib/clock.ts';
import { createClientAuthentication } from './client-authentication.ts';
import { toRefusal } from './error-map.ts';
import { createOwnClientTokens } from './own-client-token.ts';
import { createTenantCalls, type TenantAnswer, type TenantCallOptions } from './tenant-call.ts';
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

/** The Management API, as far as the gateway calls it. Everything throws GatewayError. */
export interface Management {
  /** Ends a session at the tenant, and every refresh token that it gave out; one that is not known has ended. */
  revokeSession(sid: string): Promise<void>;
  close(): Promise<void>;
}

export interface ManagementOptions extends Pick<TenantCallOptions, 'timeoutMs' | 'onCalled'> {
  readonly link: ManagementLink;
  readonly clock: Clock;
}

/** Its calls have a breaker and places of their own: a sign-in never waits for them. */
export function createManagement({ link, clock, ...calls }: ManagementOptions): Management {
  const { baseUrl, issuer, clientId, clientSecret } = link;
  const { call, close } = createTenantCalls({ baseUrl, ...calls });
  const credential = { secret: clientSecret };
  const authenticateClient = createClientAuthentication({ clientId, credential, issuer, clock });
  const toToken = createOwnClientTokens({ call, authenticateClient, clock });
  const audience = `${issuer}api/v2/`;

  /** Asks once more with a new token where the tenant does not take the one that was kept. */
  async function post(name: string, path: string): Promise<TenantAnswer> {
    const ask = (token: string) =>
      call({ name, path, headers: { authorization: `Bearer ${token}` }, json: {} });
    const token = await toToken(audience);
    const answer = await ask(token);
    return answer.status === 401 ? ask(await toToken(audience, token)) : answer;
  }

  return {
    async revokeSession(sid) {
      const path = `/api/v2/sessions/${encodeURIComponent(sid)}/revoke`;
      const answer = await post('/api/v2/sessions/{id}/revoke', path);
      if (!isSuccess(answer) && answer.status !== 404) throw toRefusal('refresh', answer);
    },
    close,
  };
}
