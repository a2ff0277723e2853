import { LOGOUT_TOKEN_LIFETIME_S, type VerifyLogoutToken } from '../../auth0/logout-token.ts';
import type { Route } from '../../http/route.ts';
import { createAddressLimit, createAddressLimiter } from '../../limits/address-limit.ts';
import type { MakeLimiter, Rate } from '../../limits/rate-limit.ts';
import type { Session, Sessions } from '../../session/session.ts';
import type { ReplayStore } from '../../store/store.ts';
import type { AttemptRecorder } from '../record-attempt.ts';
import { backchannelLogoutRoutes } from './backchannel-logout-routes.ts';
import { refreshRoutes } from './refresh-routes.ts';
import type { RefreshDeps } from './refresh-tokens.ts';
import { sessionRoutes } from './session-routes.ts';
import type { SessionStreamDeps } from './session-stream.ts';
import { sessionStreamRoutes } from './session-stream-routes.ts';
import { createSignOut, type SignOutOptions, toSignOutPath } from './sign-out.ts';
import { signOutRoutes } from './sign-out-routes.ts';

export interface SessionsOptions extends RefreshDeps, SessionStreamDeps, Omit<SignOutOptions, 'limit'> {
  readonly sessions: Sessions;
  readonly replayStore: ReplayStore;
  readonly verifyLogoutToken: VerifyLogoutToken;
  readonly makeLimiter: MakeLimiter;
  /** Undefined: no limits. */
  readonly rates: { readonly authIp: Rate } | undefined;
  readonly recorder: AttemptRecorder;
}

export interface SessionsModule {
  /** The path at which a browser signs out. */
  readonly toSignOutPath: (session: Session) => string;
  /** Refresh, session list and sign-out. */
  readonly routes: readonly Route[];
  /** Back-channel logout by the tenant. */
  readonly backchannelRoutes: readonly Route[];
}

/** Assembles the session routes. */
export function assembleSessions(options: SessionsOptions): SessionsModule {
  const { sessions, replayStore, verifyLogoutToken, makeLimiter, rates, recorder } = options;
  const { audit } = recorder;
  const signOut = createSignOut({
    ...options,
    limit: createAddressLimiter(makeLimiter, 'signout-ip', rates?.authIp),
  });
  return {
    toSignOutPath: (session) => toSignOutPath(signOut, session),
    routes: [
      ...refreshRoutes({ ...options, limit: createAddressLimit(makeLimiter, 'refresh-ip', rates?.authIp) }),
      ...sessionRoutes({ sessions, audit, signOut }),
      ...sessionStreamRoutes(options),
      ...signOutRoutes({ sessions, audit, signOut }),
    ],
    backchannelRoutes: backchannelLogoutRoutes({
      logout: { verify: verifyLogoutToken, sessions, replayStore, tokenLifetimeS: LOGOUT_TOKEN_LIFETIME_S },
      failures: createAddressLimiter(makeLimiter, 'backchannel-logout-ip', rates?.authIp),
      audit,
    }),
  };
}
