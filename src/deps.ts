import type { AppDeps } from './app.ts';
import { createAuthLimits } from './auth/auth-limits.ts';
import { createClientTokens } from './auth/client-credentials/client-token.ts';
import { createCodeLimits } from './auth/code-limits.ts';
import { assembleMfa } from './auth/mfa/assemble.ts';
import { recordOutcome } from './auth/record-attempt.ts';
import { createLoginPaths } from './auth/redirect/login-path.ts';
import { loginRoom } from './auth/redirect/login-room.ts';
import { createScopePolicy } from './auth/scope-policy.ts';
import { createSecondFactors } from './auth/second-factor.ts';
import { createRevokeElsewhere } from './auth/sessions/revoke-elsewhere.ts';
import { createSignOut } from './auth/sessions/sign-out.ts';
import { toSignInMode } from './auth/sign-in-mode.ts';
import { createAuth0, type TenantLink } from './auth0/auth0.ts';
import { createBearerGuard } from './bearer/bearer-guard.ts';
import { createKeySet, type KeySet, logKeySetEvents } from './bearer/key-set.ts';
import { toScopesOfRows } from './bearer/resource-metadata-routes.ts';
import { createRuleJudge } from './bearer/rule-judge.ts';
import { createVerifier } from './bearer/verifier.ts';
import { createOrigins } from './browser/origins.ts';
import { createReturnUrls } from './browser/return-url.ts';
import { toSecurityHeaders } from './browser/security-headers.ts';
import type { Config } from './config/config.ts';
import { createBrowserCheck } from './http/browser-check.ts';
import { createClientAddress } from './http/client-address.ts';
import type { Exchange, OnAnswered } from './http/exchange.ts';
import { healthPaths } from './http/health-routes.ts';
import { createWriter } from './http/reply.ts';
import { type Clock, nowS } from './lib/clock.ts';
import { createKeyedHash } from './lib/keyed-hash.ts';
import { createSealer } from './lib/sealed.ts';
import { assembleLimits } from './limits/assemble.ts';
import type { Places } from './limits/places.ts';
import { createAccessLog } from './observe/access-log.ts';
import { createAudit } from './observe/audit.ts';
import { createDenialAudit } from './observe/denials.ts';
import type { LogOutput } from './observe/logger.ts';
import { createMetrics, type Metrics } from './observe/metrics.ts';
import { createPseudonyms } from './observe/pseudonym.ts';
import { createResourceRows } from './resources/resource-rows.ts';
import type { AddedRoutes } from './resources/routes-file/read-routes.ts';
import { createSessionRoom } from './session/session-room.ts';
import type { Store } from './store/store.ts';

export type { TenantLink } from './auth0/auth0.ts';

export interface DepsInput {
  readonly config: Config;
  readonly publicUrl: string;
  readonly toRequestId: (received: string | undefined) => string;
  readonly tenant: TenantLink;
  readonly store: Store;
  /** What the operator adds to our own routes; nothing where absent. */
  readonly routes?: AddedRoutes;
  readonly sessionSecrets: readonly [string, ...string[]];
  readonly clock: Clock;
  readonly output: LogOutput;
  readonly version: string;
}

export interface Deps {
  readonly app: AppDeps;
  readonly keySet: KeySet;
  /** Requests under way. */
  readonly inFlight: Places;
  readonly metrics: Metrics;
  /** Set when the drain begins. */
  readonly lifecycle: { isDraining: boolean };
  /** Ends what would go on for ever: WebSockets and event streams. */
  endStreams(): void;
  close(): Promise<void>;
}

/** The composition root: the only place that picks implementations. */
export function createDeps(input: DepsInput): Deps {
  const { config, publicUrl, tenant, store, routes, sessionSecrets, clock, output } = input;
  const { log } = output;
  const { auth0, rateLimits } = config;
  const { makeLimiter } = store;
  const metrics = createMetrics();
  const toPseudonym = createPseudonyms(createKeyedHash(sessionSecrets[0], 'log subject'));
  const toHash = createKeyedHash(sessionSecrets[0], 'limits');
  const audit = createAudit(output.plain, toPseudonym);
  const auditDenial = createDenialAudit(audit);
  const writeAccessLog = createAccessLog(output, metrics, toPseudonym, healthPaths);
  const lifecycle = { isDraining: false };
  const { addressShare, inFlight, apiCaller, createRowLimiter } = assembleLimits(config, makeLimiter);
  const leaveInFlight = (exchange: Exchange): void => {
    if (exchange.isUnderWay) inFlight.leave(exchange.ip);
    exchange.isUnderWay = false;
  };
  const origins = createOrigins({ ...config, publicUrl });

  const keySet = createKeySet({
    issuer: tenant.issuer,
    baseUrl: tenant.baseUrl,
    algs: auth0.signingAlgs,
    clock,
    onEvent: logKeySetEvents(log),
  });
  metrics.watchKeySet(() => keySet.stats());
  metrics.watchSessions(() => store.sessions.count());
  const verifier = createVerifier({
    keys: keySet,
    clock,
    issuer: tenant.issuer,
    clientId: tenant.clientId,
    algs: auth0.signingAlgs,
    types: auth0.accessTokenTypes,
  });
  const judging = { clock, publicUrl, clientId: tenant.clientId };
  const makeBearerGuard = createBearerGuard({ verifier, ...judging, onVerdict: metrics.countVerification });

  const { authentication, authorization, mfa, verifyLogoutToken, management, revokeLater, ...own } =
    createAuth0({
      ...auth0,
      tenant,
      findKey: keySet.find,
      clock,
      onCalled: metrics.observeTenantRequest,
      onUnrevoked: (err) => log.error({ err }, 'a refresh token was not revoked'),
    });
  const secondFactors = createSecondFactors(createSealer(sessionSecrets, 'mfa handle'), () => nowS(clock));
  const requireSecondFactor = secondFactors.require;
  const recorder = { audit, count: metrics.countAttempt };
  const { sessions, proof, makeGuard, ...ofSessions } = createSessionRoom({
    publicUrl,
    origins,
    secrets: sessionSecrets,
    store,
    clock,
    ...config.session,
    tenantTimeoutMs: auth0.timeoutMs,
    refresh: (refreshToken, audience) => authentication.refreshGrant(refreshToken, undefined, audience),
    revokeLater,
    ...(management && { revokeElsewhere: createRevokeElsewhere({ management, doLater: own.doLater }) }),
    requireSecondFactor,
    judgeRule: createRuleJudge(judging),
    makeBearerGuard,
    onRefreshed: ({ meta: { subject } }, error) =>
      recordOutcome(recorder, { event: 'auth.refresh', subject }, error),
    onDisplaced: (subject) =>
      audit({ event: 'auth.session_revoked', outcome: 'succeeded', subject, reason: 'session_max' }),
    onTrouble: (trouble, err) => log.error({ err }, trouble),
  });

  const isDraining = () => lifecycle.isDraining;
  const securityHeaders = toSecurityHeaders({ ...config, publicUrl });
  const onAnswered: OnAnswered = (exchange, method, status, durationMs) => {
    leaveInFlight(exchange);
    writeAccessLog(exchange, method, status, durationMs);
    auditDenial(exchange);
  };
  const answering = { securityHeaders, isDraining, onAnswered };
  const resourceRows = createResourceRows({
    ...answering,
    maxInFlight: config.maxInFlight,
    addressShare,
    onStreaming: leaveInFlight,
    publicUrl,
    clock,
    origins,
    onCalled: metrics.observeUpstreamRequest,
    tokens: {
      toUpstreamToken: ofSessions.tokenFor,
      mayForce: ofSessions.mayForce,
      toClientToken: own.toClientToken,
    },
    watchSession: ofSessions.watchSession,
    routes,
    createRowLimiter,
    defaultAudience: auth0.apiAudience,
  });
  const { rows: resources } = resourceRows;
  const scopes = createScopePolicy({
    audiences: auth0.apiAudiences,
    defaultScope: auth0.defaultScope,
    scopesOf: (audience) =>
      toScopesOfRows(resources.filter((row) => (row.audience ?? auth0.apiAudience) === audience)),
  });
  const limits = createAuthLimits({ rates: rateLimits, makeLimiter, known: store.marks, toHash, clock });
  const returnUrls = createReturnUrls({ ...config, publicUrl, origins });
  const login = loginRoom({
    publicUrl,
    issuer: tenant.issuer,
    audience: auth0.apiAudience,
    scope: scopes.toScope(undefined, auth0.apiAudience),
    auth0: authorization,
    verifyLogoutToken,
    sessions,
    marks: store.marks,
    secrets: sessionSecrets,
    origins,
    returnUrls,
    toMode: (asked, headers) => toSignInMode(asked, origins, headers),
    revokeLater,
    limits,
    clock,
    recorder,
    requireSecondFactor,
  });

  const writer = createWriter(answering);

  return {
    keySet,
    inFlight,
    metrics,
    lifecycle,
    endStreams: resourceRows.endStreams,
    close: async () => {
      keySet.close();
      await resourceRows.close();
      await own.close();
      await store.close();
    },
    app: {
      edge: {
        toRequestId: input.toRequestId,
        toClientAddress: createClientAddress(config.trustProxy, log),
        origins,
        inFlight,
      },
      dispatch: {
        makeGuard,
        proof,
        toBrowserCheck: createBrowserCheck({ publicUrl, origins, trust: config.trustProxy }),
        defaultAudience: auth0.apiAudience,
        writer,
        limitCaller: apiCaller && ((caller) => apiCaller.charge(caller.subject)),
      },
      errors: {
        publicUrl,
        toLoginPath: createLoginPaths(returnUrls),
        writer,
        onUnexpected: (err, requestId) => log.error({ err, request_id: requestId }, 'unexpected error'),
      },
      account: {
        signUp: {
          auth0: authentication,
          limit: limits.signUp,
          origins,
          concealExisting: config.signupConcealExisting,
        },
        signIn: {
          auth0: authentication,
          limits: limits.signIn,
          scopes,
          origins,
          requireSecondFactor,
          sessions,
        },
        refresh: { auth0: authentication, limit: limits.refresh, origins, requireSecondFactor },
        audit,
        recorder,
        passwordSignin: config.passwordSignin,
        sessions,
        signOut: createSignOut({
          secrets: sessionSecrets,
          sessions,
          origins,
          returnUrls,
          toTenantLogoutUrl: (returnTo, options) => authorization.toLogoutUrl(returnTo, options),
          limit: limits.signOut,
          revokeLater,
          publicUrl,
        }),
      },
      mfa: assembleMfa({
        auth0: mfa,
        secondFactors,
        codes: createCodeLimits({ rates: rateLimits, makeLimiter, toHash }),
        signInLimits: limits.signIn,
        marks: store.marks,
        sessions,
        origins,
        audience: auth0.apiAudience,
        recorder,
        rates: rateLimits,
        makeLimiter,
      }),
      login,
      clientToken: {
        audiences: auth0.apiAudiences,
        audit,
        limit: limits.clientToken.address,
        issue: createClientTokens({
          ...limits.clientToken,
          auth0: authentication,
          toHash,
          nowS: () => nowS(clock),
          isCached: config.m2mTokenCache,
        }),
      },
      resources,
      health: {
        hasKeys: () => keySet.ready,
        isTenantAway: () => own.isBroken() || keySet.isFailing,
        pingStore: () => store.ping(),
        needsStore: config.readyNeedsStore,
        isDraining,
      },
      publicUrl,
      isForOperator: !config.production,
      issuer: tenant.issuer,
      version: input.version,
    },
  };
}
