import { assembleAdmin } from './admin/assemble.ts';
import type { AppDeps } from './app.ts';
import { assembleAuth } from './auth/assemble.ts';
import { createSecondFactors } from './auth/second-factor.ts';
import { createSessionEvents } from './auth/session-events.ts';
import { createRevokeElsewhere } from './auth/sessions/revoke-elsewhere.ts';
import { assembleAuth0, type TenantLink } from './auth0/assemble.ts';
import { assembleBearer } from './bearer/assemble.ts';
import type { KeySet } from './bearer/key-set.ts';
import { assembleBrowser } from './browser/assemble.ts';
import type { Config } from './config/config.ts';
import { assembleHttp } from './http/assemble.ts';
import { HEALTH_PATHS } from './http/health-routes.ts';
import type { Clock } from './lib/clock.ts';
import { assembleLimits } from './limits/assemble.ts';
import type { Places } from './limits/places.ts';
import { assembleObserve } from './observe/assemble.ts';
import type { LogOutput } from './observe/logger.ts';
import type { Metrics } from './observe/metrics.ts';
import { observeStore } from './observe/observed-store.ts';
import type { Tracing } from './observe/tracing.ts';
import { assembleResources, type Resources } from './resources/assemble.ts';
import type { AddedRoutes } from './resources/routes-file/read-routes.ts';
import { assembleDenyList, assembleFeed } from './revocation/assemble.ts';
import { assembleSession } from './session/assemble.ts';
import type { Store } from './store/store.ts';

export type { TenantLink } from './auth0/assemble.ts';

export interface DepsInput {
  readonly config: Config;
  readonly publicUrl: string;
  readonly toRequestId: (received: string | undefined) => string;
  readonly tenant: TenantLink;
  readonly store: Store;
  /** Routes that the operator adds. Default: none. */
  readonly routes?: AddedRoutes;
  readonly sessionSecrets: readonly [string, ...string[]];
  readonly clock: Clock;
  readonly output: LogOutput;
  readonly version: string;
  /** The commit that it was built from; `unknown` where absent. */
  readonly revision?: string;
  /** Absent where tracing is off. */
  readonly tracing?: Tracing | undefined;
}

export interface Deps {
  readonly app: AppDeps;
  readonly keySet: KeySet;
  /** Places of requests in flight. */
  readonly inFlight: Places;
  readonly metrics: Metrics;
  /** Set when the drain begins. */
  readonly lifecycle: { isDraining: boolean };
  /** Replaces the rows of the routes file. `install` gets all resource routes. */
  readonly replaceRoutes: Resources['replaceProxied'];
  /** Ends WebSockets and event streams, for a shutdown. */
  endStreams(): void;
  close(): Promise<void>;
}

/** The composition root: calls the `assemble.ts` of each module, the lower layers first. */
export function createDeps(input: DepsInput): Deps {
  const {
    config,
    publicUrl,
    tenant,
    clock,
    sessionSecrets: secrets,
    version,
    revision = 'unknown',
    tracing,
  } = input;
  const { log } = input.output;
  const observe = assembleObserve({
    output: input.output,
    build: { version, revision },
    secret: secrets[0],
    healthPaths: HEALTH_PATHS,
  });
  const { metrics } = observe;
  const store = observeStore(input.store, metrics, tracing);
  const recorder = { audit: observe.audit, count: metrics.countAttempt };
  const limits = assembleLimits(config, store.makeLimiter);
  metrics.watchInFlight(() => limits.inFlight.count, config.maxInFlight);
  const browser = assembleBrowser(config, publicUrl);
  const http = assembleHttp({ ...input, ...observe, browser, limits, log, tracing });
  const denyList = assembleDenyList({ store, clock, log });
  const bearer = assembleBearer({ ...input, ...denyList, auth0: config.auth0, log, metrics });
  const auth0 = assembleAuth0({
    ...config.auth0,
    tenant,
    findKey: bearer.keySet.find,
    clock,
    onCalled: metrics.observeTenantRequest,
    tracing,
    log,
  });
  const { management } = auth0;
  const secondFactors = createSecondFactors(secrets, clock);
  const session = assembleSession({
    ...config.session,
    ...bearer,
    ...browser,
    ...denyList,
    ...createSessionEvents(recorder),
    onBegun: metrics.countSessionStarted,
    onEnded: metrics.countSessionsEnded,
    publicUrl,
    secrets,
    store,
    clock,
    log,
    tenantTimeoutMs: config.auth0.timeoutMs,
    refresh: auth0.refresh,
    revokeLater: auth0.revokeLater,
    revokeElsewhere: management && createRevokeElsewhere({ management, doLater: auth0.doLater }),
    requireSecondFactor: secondFactors.require,
  });
  const resources = assembleResources({
    ...input,
    ...limits,
    ...browser,
    ...http.answering,
    maxInFlight: config.maxInFlight,
    geocoder: config.geocoder,
    directions: config.directions,
    log,
    defaultAudience: config.auth0.apiAudience,
    onStreaming: http.leaveInFlight,
    onCalled: metrics.observeUpstreamRequest,
    tracing,
    tokens: { ...session, clientTokenFor: auth0.clientTokenFor },
    watchSession: session.watchSession,
    isRevoked: denyList.isRevoked,
  });
  metrics.watchBreakers(() => [...auth0.breakers(), ...resources.breakers()]);
  const auth = assembleAuth({
    ...input,
    ...session,
    store,
    browser,
    denySubject: denyList.denySubject,
    log,
    auth0,
    secrets,
    secondFactors,
    recorder,
    onTokenLookedUp: metrics.countTokenLookup,
    issuer: tenant.issuer,
    consoleUrl: tenant.consoleUrl,
    machineTokensFromS: denyList.machineTokensFromS,
    scopesOf: resources.scopesOf,
  });
  const feed = assembleFeed({
    ...config.revocation,
    ...session.sessions,
    ...observe,
    tenant: management && { ...management, clientId: tenant.management?.clientId },
    checkUser: auth.checkUser,
    denyList,
    store,
    clock,
    log,
  });
  const admin = assembleAdmin({
    ...config.auth0,
    ...session,
    audience: config.auth0.adminAudience,
    auth0,
    store,
    denyList: {
      deny: denyList.denySubject,
      allow: denyList.allowSubject,
      denyIssuedBefore: (sub) => denyList.denyIssuedBefore(sub, clock.now()),
    },
    ownClientIds: new Set([tenant.clientId, tenant.management?.clientId ?? '']),
    audit: observe.audit,
  });
  return {
    keySet: bearer.keySet,
    inFlight: limits.inFlight,
    metrics,
    lifecycle: http.lifecycle,
    replaceRoutes: resources.replaceProxied,
    endStreams: () => {
      resources.endStreams();
      http.endEventStreams();
    },
    close: async () => {
      bearer.keySet.close();
      await resources.close();
      // A call under way ends with its connections.
      await Promise.all([feed.close(), auth0.close()]);
      denyList.close();
      await store.close();
      await tracing?.close();
    },
    app: {
      edge: http.edge,
      dispatch: { ...http.dispatch, ...session, defaultAudience: config.auth0.apiAudience },
      errors: { ...http.errors, toLoginPath: auth.toLoginPath },
      auth: auth.routes,
      admin,
      landing: auth.landingRoutes,
      resources: resources.rows,
      health: {
        hasKeys: () => bearer.keySet.ready,
        isTenantAway: () => auth0.isBroken() || bearer.keySet.isFailing,
        pingStore: () => store.ping(),
        needsStore: config.readyNeedsStore,
        isDraining: http.answering.isDraining,
        hasDenyList: denyList.isLoaded,
        isFeedBehind: feed.isBehind,
      },
      publicUrl,
      isForOperator: !config.production,
      issuer: tenant.issuer,
      version,
    },
  };
}
