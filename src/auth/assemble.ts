import type { Auth0 } from '../auth0/assemble.ts';
import type { Browser } from '../browser/assemble.ts';
import type { Config } from '../config/config.ts';
import type { Route } from '../http/route.ts';
import { type Clock, nowS } from '../lib/clock.ts';
import { createKeyedHash } from '../lib/keyed-hash.ts';
import type { Logger } from '../observe/logger.ts';
import type { Sessions } from '../session/session.ts';
import type { WatchSession } from '../session/watch-session.ts';
import type { Store } from '../store/store.ts';
import { assembleClientCredentials } from './client-credentials/assemble.ts';
import { createCodeLimits } from './code-limits.ts';
import { assembleMfa } from './mfa/assemble.ts';
import { assemblePassword } from './password/assemble.ts';
import { assemblePasswordless } from './passwordless/assemble.ts';
import { assembleProfile } from './profile/assemble.ts';
import type { AttemptRecorder } from './record-attempt.ts';
import { assembleRedirect } from './redirect/assemble.ts';
import { landingRoutes } from './redirect/landing-routes.ts';
import { createLoginPaths } from './redirect/login-path.ts';
import { createScopePolicy, type ScopePolicyOptions } from './scope-policy.ts';
import type { SecondFactors } from './second-factor.ts';
import { assembleSessions } from './sessions/assemble.ts';
import { type CheckUserDeps, createCheckUser } from './sessions/check-user.ts';
import { createSignInLimits } from './sign-in-limits.ts';

export interface AuthOptions {
  readonly config: Config;
  readonly publicUrl: string;
  /** The issuer of the tenant, with its trailing slash. */
  readonly issuer: string;
  /** URL of the embedded tenant's console; undefined with a remote tenant. */
  readonly consoleUrl: string | undefined;
  readonly secrets: readonly [string, ...string[]];
  readonly store: Store;
  readonly clock: Clock;
  readonly browser: Browser;
  readonly auth0: Auth0;
  readonly sessions: Sessions;
  readonly watchSession: WatchSession;
  /** From when on, in seconds, a cached token of a machine client must have been issued. */
  readonly machineTokensFromS: (clientId: string) => number;
  readonly denySubject: CheckUserDeps['denySubject'];
  readonly log: Pick<Logger, 'error'>;
  readonly secondFactors: SecondFactors;
  readonly recorder: AttemptRecorder;
  /** Called for each client credentials request: whether a cached token answered. */
  readonly onTokenLookedUp: (result: 'hit' | 'miss') => void;
  readonly scopesOf: ScopePolicyOptions['scopesOf'];
}

export interface Auth {
  /** In the order of the API document. */
  readonly routes: readonly Route[];
  /** `GET /`, unless another row answers there. */
  readonly landingRoutes: readonly Route[];
  /**
   * Reads a user from the tenant and ends sessions that the tenant has ended; does nothing without a Management API client.
   */
  readonly checkUser: (sub: string) => Promise<void>;
  /** The path that signs a browser in and then returns it to `page`. */
  readonly toLoginPath: (page: string) => string;
}

/** Assembles the routes below `/v1/auth` and the token endpoint. */
export function assembleAuth(options: AuthOptions): Auth {
  const { config, secrets, store, clock, browser, auth0, secondFactors, recorder } = options;
  const { apiAudience: audience, apiAudiences: audiences, adminAudience, defaultScope } = config.auth0;
  const { replayStore, makeLimiter } = store;
  const limiting = {
    makeLimiter,
    rates: config.rateLimits,
    toHash: createKeyedHash(secrets[0], 'limits'),
  };
  const signInLimits = createSignInLimits({ ...limiting, known: replayStore, clock });
  const scopes = createScopePolicy({ audiences, adminAudience, defaultScope, scopesOf: options.scopesOf });
  const { revokeLater } = auth0;
  const shared = {
    ...options,
    ...limiting,
    ...browser,
    replayStore,
    audience,
    defaultScope: () => scopes.toScope(undefined, audience),
    connection: config.auth0.connection,
    signInLimits,
    codes: createCodeLimits(limiting),
    requireSecondFactor: secondFactors.require,
    management: auth0.management,
    doLater: auth0.doLater,
    revokeLater,
  };
  const sessions = assembleSessions({
    ...shared,
    auth0: auth0.authentication,
    verifyLogoutToken: auth0.verifyLogoutToken,
    toTenantLogoutUrl: (returnTo, logout) => auth0.authorization.toLogoutUrl(returnTo, logout),
  });
  const redirect = assembleRedirect({ ...shared, auth0: auth0.authorization });
  const { management } = auth0;
  return {
    checkUser: management
      ? createCheckUser({
          ...options,
          management,
          audit: recorder.audit,
          onFailed: (err) => options.log.error({ err }, 'a user could not be checked at the tenant'),
        })
      : async () => undefined,
    toLoginPath: createLoginPaths(browser.returnUrls),
    landingRoutes: landingRoutes(
      { sessions: options.sessions, toSignOutPath: sessions.toSignOutPath },
      options.consoleUrl,
    ),
    routes: [
      ...assemblePassword({
        ...shared,
        auth0: auth0.authentication,
        scopes,
        concealExisting: config.signupConcealExisting,
        isOn: config.passwordSignin,
      }),
      ...assemblePasswordless({ ...shared, auth0: auth0.passwordless, startLink: redirect.startLink }),
      ...assembleMfa({ ...shared, auth0: auth0.mfa }),
      ...sessions.routes,
      ...assembleProfile(shared),
      ...redirect.routes,
      ...sessions.backchannelRoutes,
      ...assembleClientCredentials({
        ...limiting,
        auth0: auth0.authentication,
        audiences: adminAudience === undefined ? audiences : [...audiences, adminAudience],
        audit: recorder.audit,
        nowS: () => nowS(clock),
        isCached: config.m2mTokenCache,
        onLookedUp: options.onTokenLookedUp,
        tokensFromS: options.machineTokensFromS,
      }),
    ],
  };
}
