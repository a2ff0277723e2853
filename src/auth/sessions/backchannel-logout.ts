import { GatewayError } from '../../errors.ts';
import type { Sessions } from '../../session/session.ts';
import type { ReplayStore } from '../../store/store.ts';

/** The sessions that a verified logout token ends. */
export interface LogoutSubject {
  readonly jti: string;
  readonly sub: string | undefined;
  readonly sid: string | undefined;
}

export interface BackchannelLogoutDeps {
  /** @throws GatewayError `invalid_request` */
  readonly verify: (token: string) => Promise<LogoutSubject>;
  readonly sessions: Pick<Sessions, 'endAll' | 'endBySid'>;
  readonly replayStore: ReplayStore;
  /** How long a used token is remembered: its maximum lifetime. */
  readonly tokenLifetimeS: number;
}

/**
 * Ends the sessions that a logout token names (OIDC Back-Channel Logout 1.0 §2.5): one session by `sid`, or all sessions of
 * the user by `sub` alone. The token counts as used only after the sessions have ended, so that the tenant can retry after
 * an outage.
 * @returns the number of ended sessions
 * @throws GatewayError `invalid_request`, `store_unavailable`, `tenant_unavailable`
 */
export async function endByLogoutToken(
  deps: BackchannelLogoutDeps,
  token: string,
): Promise<LogoutSubject & { readonly ended: number }> {
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
