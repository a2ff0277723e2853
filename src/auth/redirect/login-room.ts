import type { Authorization } from '../../auth0/authorization.ts';
import { logoutTokenLifetimeS, type VerifyLogoutToken } from '../../auth0/logout-token.ts';
import { createCookieJar } from '../../browser/cookies.ts';
import type { Origins } from '../../browser/origins.ts';
import type { ReturnUrls } from '../../browser/return-url.ts';
import type { RequestInfo, Route } from '../../http/route.ts';
import type { Clock } from '../../lib/clock.ts';
import { createSealer } from '../../lib/sealed.ts';
import type { Limiter } from '../../limits/rate-limit.ts';
import type { Sessions } from '../../session/session.ts';
import type { Marks } from '../../store/store.ts';
import type { AttemptRecorder } from '../record-attempt.ts';
import type { RequireSecondFactor } from '../second-factor.ts';
import { backchannelLogoutRoutes } from '../sessions/backchannel-logout-routes.ts';
import type { ExchangeCodeDeps } from './exchange-code.ts';
import { exchangeRoutes } from './exchange-routes.ts';
import { loginRoutes } from './login-routes.ts';
import { createLoginTransactions } from './login-transaction.ts';
import { type StartedLink, startLink } from './start-login.ts';

export interface LoginRoomOptions {
  readonly publicUrl: string;
  /** Of the tenant, with its trailing slash. */
  readonly issuer: string;
  readonly audience: string;
  readonly scope: string;
  readonly auth0: Authorization;
  readonly verifyLogoutToken: VerifyLogoutToken;
  readonly sessions: Sessions;
  readonly marks: Marks;
  /** The first seals, all open. */
  readonly secrets: readonly string[];
  readonly origins: Origins;
  readonly returnUrls: ReturnUrls;
  readonly toMode: ExchangeCodeDeps['toMode'];
  readonly revokeLater: ExchangeCodeDeps['revokeLater'];
  /** By address. */
  readonly limit: Limiter;
  readonly clock: Clock;
  readonly recorder: AttemptRecorder;
  readonly requireSecondFactor: RequireSecondFactor;
}

export interface LoginRoom {
  readonly rows: readonly Route[];
  /** Begins a sign-in by a link, which ends at the callback. */
  readonly startLink: (returnTo: string | undefined, headers: RequestInfo['headers']) => StartedLink;
}

/** The rows of sign-in at the tenant's pages, and of what the tenant tells us afterwards. */
export function loginRoom(options: LoginRoomOptions): LoginRoom {
  const { publicUrl, sessions, marks, secrets, origins, clock, limit, recorder } = options;
  const callbackUrl = `${publicUrl}/v1/auth/callback`;
  const transactions = createLoginTransactions({
    sealer: createSealer(secrets, 'login transaction'),
    jar: createCookieJar(publicUrl),
    clock,
  });
  const start = { ...options, transactions, callbackUrl };
  const rows = [
    ...loginRoutes({
      start,
      finish: { ...options, transactions, callbackUrl },
      origins,
      limit,
      recorder,
    }),
    ...exchangeRoutes({ exchange: { ...options, callbackUrl }, limit, recorder }),
    ...backchannelLogoutRoutes({
      logout: {
        verify: options.verifyLogoutToken,
        sessions,
        marks,
        tokenLifetimeS: logoutTokenLifetimeS,
      },
      limit,
      audit: recorder.audit,
    }),
  ];
  return { rows, startLink: (returnTo, headers) => startLink(start, returnTo, headers) };
}
