import type { AppDeps } from './app.ts';
import { createClientTokens } from './auth/client-credentials/client-token.ts';
import { createMfaHandles } from './auth/mfa-handle.ts';
import { loginRoom } from './auth/redirect/login-room.ts';
import { createScopePolicy } from './auth/scope-policy.ts';
import { createSignOut } from './auth/sessions/sign-out.ts';
import { createSignInLimits } from './auth/sign-in-limits.ts';
import { toSignInMode } from './auth/sign-in-mode.ts';
import { createAuth0, type TenantLink } from './auth0/auth0.ts';
import { createBearerGuard } from './bearer/bearer-guard.ts';
import { createKeySet, type KeySet, type KeySetEvent } from './bearer/key-set.ts';
import { toScopesOfRows } from './bearer/resource-metadata-routes.ts';
import { createRuleJudge } from './bearer/rule-judge.ts';
import { createVerifier } from './bearer/verifier.ts';
import { createOrigins } from './browser/origins.ts';
import { createReturnUrls } from './browser/return-url.ts';
import { toSecurityHeaders } from './browser/security-headers.ts';
import type { Config } from './config/config.ts';
import { createBrowserCheck } from './http/browser-check.ts';
import { createClientAddress } from './http/client-address.ts';
import type { OnAnswered } from './http/exchange.ts';
import { createWriter } from './http/reply.ts';
import { type Clock, nowS } from './lib/clock.ts';
import { createKeyedHash } from './lib/keyed-hash.ts';
import { createSealer } from './lib/sealed.ts';
import { createFailureLimiter } from './limits/failure-limit.ts';
import { createInFlight, type InFlight } from './limits/in-flight.ts';
import { createLimiter } from './limits/rate-limit.ts';
import { createAccessLog } from './observe/access-log.ts';
import { createAudit } from './observe/audit.ts';
import { createDenialAudit } from './observe/denials.ts';
import type { Logger, LogOutput } from './observe/logger.ts';
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
  readonly inFlight: InFlight;
  readonly metrics: Metrics;
  /** Set when the drain begins. */
  readonly lifecycle: { isDraining: boolean };
  /** Ends what would go on for ever: WebSockets and event streams. */
  endStreams(): void;
  close(): Promise<void>;
}

const TOKEN_FAILURES = { count: 20, windowS: 60 };

function logKeySet(log: Logger, event: KeySetEvent): void {
  if (event.type === 'keys_changed') log.info({ kids: event.kids }, 'signing keys loaded');
  else if (event.type === 'fetch_failed')
    log.warn({ failures: event.failures, err: event.error }, 'signing keys cannot be fetched');
  else log.error({ err: event.error }, 'the tenant is not the configured issuer');
}

/** The composition root: the only place that picks implementations. */
export function createDeps(input: DepsInput): Deps {
  const { config, publicUrl, toRequestId, tenant, store, routes, sessionSecrets, clock, output, version } =
    input;
  const { log } = output;
  const { auth0, rateLimits } = config;
  const { makeLimiter } = store;
  const [sealingSecret] = sessionSecrets;
  const metrics = createMetrics();
  const toPseudonym = createPseudonyms(createKeyedHash(sealingSecret, 'log subject'));
  const toHash = createKeyedHash(sealingSecret, 'limits');
  const audit = createAudit(output.plain, toPseudonym);
  const auditDenial = createDenialAudit(audit);
  const writeAccessLog = createAccessLog(output, metrics, toPseudonym);
  const lifecycle = { isDraining: false };
  const inFlight = createInFlight(config.maxInFlight);
  const origins = createOrigins({ ...config, publicUrl });

  const keySet = createKeySet({
    issuer: tenant.issuer,
    baseUrl: tenant.baseUrl,
    algs: auth0.signingAlgs,
    clock,
    onEvent: (event) => logKeySet(log, event),
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
  const makeBearerGuard = createBearerGuard({
    verifier,
    clock,
    publicUrl,
    onVerdict: metrics.countVerification,
  });

  const { authentication, authorization, verifyLogoutToken, management, ...own } = createAuth0({
    ...auth0,
    tenant,
    findKey: keySet.find,
    clock,
    onCalled: metrics.observeTenantRequest,
  });
  const requireSecondFactor = createMfaHandles(createSealer(sessionSecrets, 'mfa handle'), () => nowS(clock));
  const { sessions, proof, makeGuard, ...ofSessions } = createSessionRoom({
    publicUrl,
    origins,
    secrets: sessionSecrets,
    store,
    clock,
    ...config.session,
    tenantTimeoutMs: auth0.timeoutMs,
    refresh: (refreshToken, audience) => authentication.refreshGrant(refreshToken, undefined, audience),
    revoke: (refreshToken) => authentication.revoke(refreshToken),
    ...(management && {
      revokeElsewhere: ({ sid }) => {
        if (sid === undefined) return;
        management
          .revokeSession(sid)
          .catch((err: unknown) => log.warn({ err }, 'a session goes on at the tenant'));
      },
    }),
    requireSecondFactor,
    judgeRule: createRuleJudge({ clock, publicUrl }),
    makeBearerGuard,
    onRefreshed: (outcome, { meta: { subject } }) => {
      metrics.countRefresh(outcome);
      const isDone = outcome === 'succeeded';
      audit({
        event: 'auth.refresh',
        outcome: isDone ? 'succeeded' : 'failed',
        subject,
        reason: isDone ? undefined : outcome,
      });
    },
    onTrouble: (trouble, err) => log.error({ err }, trouble),
  });

  const isDraining = () => lifecycle.isDraining;
  const securityHeaders = toSecurityHeaders({ ...config, publicUrl });
  const onAnswered: OnAnswered = (exchange, method, status, durationMs) => {
    inFlight.leave();
    writeAccessLog(exchange, method, status, durationMs);
    auditDenial(exchange);
  };
  const answering = { securityHeaders, isDraining, onAnswered };
  const resourceRows = createResourceRows({
    ...answering,
    maxInFlight: config.maxInFlight,
    publicUrl,
    clock,
    origins,
    onCalled: metrics.observeUpstreamRequest,
    tokens: { toUpstreamToken: ofSessions.tokenFor, toClientToken: own.toClientToken },
    watchSession: ofSessions.watchSession,
    routes,
    createLimiter: (name, rate) => createLimiter(makeLimiter, name, rateLimits && rate),
    defaultAudience: auth0.apiAudience,
  });
  const { rows: resources } = resourceRows;
  const scopes = createScopePolicy({
    audiences: auth0.apiAudiences,
    defaultScope: auth0.defaultScope,
    scopesOf: (audience) =>
      toScopesOfRows(resources.filter((row) => (row.audience ?? auth0.apiAudience) === audience)),
  });
  const authIpLimit = createLimiter(makeLimiter, 'auth-ip', rateLimits?.authIp);
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
    limit: authIpLimit,
    clock,
    audit,
    count: metrics.countSignIn,
  });

  const writer = createWriter(answering);
  const apiLimit = rateLimits?.apiCaller && createLimiter(makeLimiter, 'api-caller', rateLimits.apiCaller);

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
      edge: { toRequestId, toClientAddress: createClientAddress(config.trustProxy), origins, inFlight },
      dispatch: {
        makeGuard,
        proof,
        toBrowserCheck: createBrowserCheck({ publicUrl, origins, trust: config.trustProxy }),
        defaultAudience: auth0.apiAudience,
        writer,
        limitCaller: apiLimit && ((caller) => apiLimit.charge(caller.subject)),
      },
      errors: {
        publicUrl,
        writer,
        onUnexpected: (err, requestId) => log.error({ err, request_id: requestId }, 'unexpected error'),
      },
      account: {
        signUp: {
          auth0: authentication,
          limit: createLimiter(makeLimiter, 'signup-ip', rateLimits?.signupIp),
          origins,
          concealExisting: config.signupConcealExisting,
        },
        signIn: {
          auth0: authentication,
          limits: createSignInLimits({ rates: rateLimits, makeLimiter, known: store.marks, toHash, clock }),
          scopes,
          origins,
          requireSecondFactor,
          sessions,
        },
        refresh: { auth0: authentication, limit: authIpLimit, origins, requireSecondFactor, sessions },
        audit,
        count: (event, outcome) => {
          if (event === 'auth.signin') metrics.countSignIn(outcome);
          if (event === 'auth.refresh') metrics.countRefresh(outcome);
        },
        passwordSignin: config.passwordSignin,
        sessions,
        signOut: createSignOut({
          secrets: sessionSecrets,
          sessions,
          origins,
          returnUrls,
          toTenantLogoutUrl: (returnTo, options) => authorization.toLogoutUrl(returnTo, options),
          limit: authIpLimit,
          revokeLater: ofSessions.revokeLater,
          publicUrl,
        }),
      },
      login,
      clientToken: {
        audiences: auth0.apiAudiences,
        audit,
        issue: createClientTokens({
          auth0: authentication,
          toHash,
          nowS: () => nowS(clock),
          isCached: config.m2mTokenCache,
          failures: createFailureLimiter(makeLimiter, 'token-failures', rateLimits && TOKEN_FAILURES),
          successes: createLimiter(makeLimiter, 'token-client', rateLimits?.tokenClient),
        }),
      },
      resources,
      readiness: [
        { name: 'keys', notReady: () => (keySet.ready ? undefined : 'not loaded') },
        { name: 'store', notReady: () => store.ping() },
        { name: 'lifecycle', notReady: () => (lifecycle.isDraining ? 'draining' : undefined) },
      ],
      publicUrl,
      issuer: tenant.issuer,
      version,
    },
  };
}
