import type { Authorization } from '../../auth0/authorization.ts';
import { createCookieJar } from '../../browser/cookies.ts';
import type { Origins } from '../../browser/origins.ts';
import type { ReturnUrls } from '../../browser/return-url.ts';
import type { RequestInfo, Route } from '../../http/route.ts';
import type { Clock } from '../../lib/clock.ts';
import { createSealer } from '../../lib/sealed.ts';
import { createAddressLimit } from '../../limits/address-limit.ts';
import type { MakeLimiter, Rate } from '../../limits/rate-limit.ts';
import type { Sessions } from '../../session/session.ts';
import type { ReplayStore } from '../../store/store.ts';
import type { AttemptRecorder } from '../record-attempt.ts';
import type { RequireSecondFactor } from '../second-factor.ts';
import { toSignInMode } from '../sign-in-mode.ts';
import type { ExchangeCodeDeps } from './exchange-code.ts';
import { exchangeRoutes } from './exchange-routes.ts';
import { loginRoutes } from './login-routes.ts';
import { createLoginTransactions } from './login-transaction.ts';
import { type StartedLink, startLink } from './start-login.ts';

export interface RedirectOptions {
  readonly publicUrl: string;
  /** The issuer of the tenant, with its trailing slash. */
  readonly issuer: string;
  readonly audience: string;
  readonly defaultScope: () => string;
  readonly auth0: Authorization;
  readonly sessions: Sessions;
  readonly replayStore: ReplayStore;
  /** The first secret seals, all secrets open. */
  readonly secrets: readonly string[];
  readonly origins: Origins;
  readonly returnUrls: ReturnUrls;
  readonly revokeLater: ExchangeCodeDeps['revokeLater'];
  readonly makeLimiter: MakeLimiter;
  /** Undefined: no limits. */
  readonly rates: { readonly authIp: Rate } | undefined;
  readonly clock: Clock;
  readonly recorder: AttemptRecorder;
  readonly requireSecondFactor: RequireSecondFactor;
}

export interface RedirectModule {
  readonly routes: readonly Route[];
  /** Begins a sign-in by a mailed link, which the callback completes. */
  readonly startLink: (returnTo: string | undefined, headers: RequestInfo['headers']) => StartedLink;
}

/** Assembles the sign-ins that the callback completes: at the tenant's pages and by a link. */
export function assembleRedirect(options: RedirectOptions): RedirectModule {
  const { publicUrl, secrets, origins, clock, makeLimiter, rates, recorder } = options;
  const callbackUrl = `${publicUrl}/v1/auth/callback`;
  const transactions = createLoginTransactions({
    sealer: createSealer(secrets, 'login transaction'),
    jar: createCookieJar(publicUrl),
    clock,
  });
  const ending = { ...options, transactions, callbackUrl };
  const routes = [
    ...loginRoutes({
      start: ending,
      finish: ending,
      limit: createAddressLimit(makeLimiter, 'login-ip', rates?.authIp),
      recorder,
    }),
    ...exchangeRoutes({
      exchange: {
        ...options,
        callbackUrl,
        toMode: (requested, headers) => toSignInMode(requested, origins, headers),
      },
      limit: createAddressLimit(makeLimiter, 'exchange-ip', rates?.authIp),
      recorder,
    }),
  ];
  return { routes, startLink: (returnTo, headers) => startLink(ending, returnTo, headers) };
}
