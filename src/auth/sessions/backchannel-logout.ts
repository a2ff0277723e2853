import { GatewayError } from '../../errors.ts';
import type { Sessions } from '../../session/session.ts';
import type { ReplayStore } from '../../store/store.ts';

/** Which sessions a verified logout token is about. */
export interface LogoutOrder {
  readonly jti: string;
  readonly sub: string | undefined;
  readonly sid: string | undefined;
}

export interface BackchannelLogoutDeps {
  /** @throws GatewayError `invalid_request` */
  readonly verify: (token: string) => Promise<LogoutOrder>;
  readonly sessions: Pick<Sessions, 'endAll' | 'endBySid'>;
  readonly replayStore: ReplayStore;
  /** How long a token could be used again. */
  readonly tokenLifetimeS: number;
}

/**
 * Ends the sessions that the tenant names (OIDC Back-Channel Logout 1.0 §2.5): with `sid` only that one, with `sub` alone all
 * of the user's. The token is marked as used when they are ended, so that an outage half-way leaves it good for another try.
 * @returns how many were ended
 * @throws GatewayError `invalid_request`, `store_unavailable`, `tenant_unavailable`
 */
export async function endByLogoutToken(
  deps: BackchannelLogoutDeps,
  token: string,
): Promise<LogoutOrder & { readonly ended: number }> {
  const { verify, sessions, replayStore, tokenLifetimeS } = deps;
  const order = await verify(token);
  const { jti, sub, sid } = order;
  const name = `logout:${jti}`;
  if (await replayStore.isRemembered(name)) {
    throw new GatewayError('invalid_request', { detail: 'The logout token was used before.', reason: 'jti' });
  }
  const ended = sid === undefined ? await sessions.endAll(sub ?? '') : (await sessions.endBySid(sid)).length;
  await replayStore.consumeOnce(name, tokenLifetimeS * 1000);
  return { ...order, ended };
}
