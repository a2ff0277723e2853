import type { AppDeps } from './app.ts';
import { createClientTokens } from './auth/client-credentials/client-token.ts';
import { createCodeLimits } from './auth/code-limits.ts';
import { assembleMfa } from './auth/mfa/assemble.ts';
import { assemblePassword } from './auth/password/assemble.ts';
import { assemblePasswordless } from './auth/passwordless/assemble.ts';
import { assembleProfile } from './auth/profile/assemble.ts';
import { recordOutcome } from './auth/record-attempt.ts';
import { createLoginPaths } from './auth/redirect/login-path.ts';
import { loginRoom } from './auth/redirect/login-room.ts';
import { createScopePolicy } from './auth/scope-policy.ts';
import { createSecondFactors } from './auth/second-factor.ts';
import { createRevokeElsewhere } from './auth/sessions/revoke-elsewhere.ts';
import { createSignOut } from './auth/sessions/sign-out.ts';
import { createSignInLimits } from './auth/sign-in-limits.ts';
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
import { createBrowserGate } from './http/browser-gate.ts';
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
  readonly inFlight: InFlight;
  readonly metrics: Metrics;
  /** Set when the drain begins. */
  readonly lifecycle: { isDraining: boolean };
  /** Ends what would go on for ever: WebSockets and event streams. */
  endStreams(): void;
  close(): Promise<void>;
}

const TOKEN_FAILURES = { count: 20, windowS: 60 };

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

  const { authentication, authorization, mfa, passwordless, management, revokeLater, ...own } = createAuth0({
    ...auth0,
    tenant,
    findKey: keySet.find,
    clock,
    onCalled: metrics.observeTenantRequest,
    onGivenUp: (unlessDone, err) => log.error({ err }, unlessDone),
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
    tokens: {
      toUpstreamToken: ofSessions.tokenFor,
      mayForce: ofSessions.mayForce,
      toClientToken: own.toClientToken,
    },
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
  const counting = { rates: rateLimits, makeLimiter, toHash };
  // What the modules of `auth/` have in common.
  const signingIn = {
    ...counting,
    signInLimits: createSignInLimits({ ...counting, known: store.marks, clock }),
    codes: createCodeLimits(counting),
    marks: store.marks,
    sessions,
    origins,
    requireSecondFactor,
    recorder,
    audience: auth0.apiAudience,
    scope: scopes.toScope(undefined, auth0.apiAudience),
    connection: auth0.connection,
    management,
    doLater: own.doLater,
    revokeLater,
  };
  const login = loginRoom({
    ...signingIn,
    publicUrl,
    issuer: tenant.issuer,
    auth0: authorization,
    verifyLogoutToken: own.verifyLogoutToken,
    secrets: sessionSecrets,
    returnUrls,
    toMode: (asked, headers) => toSignInMode(asked, origins, headers),
    limit: authIpLimit,
    clock,
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
        toGate: createBrowserGate({ publicUrl, origins, trust: config.trustProxy }),
        defaultAudience: auth0.apiAudience,
        writer,
        limitCaller: apiLimit && ((caller) => apiLimit.charge(caller.subject)),
      },
      errors: {
        publicUrl,
        toLoginPath: createLoginPaths(returnUrls),
        writer,
        onUnexpected: (err, requestId) => log.error({ err, request_id: requestId }, 'unexpected error'),
      },
      password: assemblePassword({
        ...signingIn,
        auth0: authentication,
        scopes,
        concealExisting: config.signupConcealExisting,
        isOn: config.passwordSignin,
      }),
      passwordless: assemblePasswordless({ ...signingIn, auth0: passwordless, startLink: login.startLink }),
      account: {
        refresh: { ...signingIn, auth0: authentication, limit: authIpLimit },
        audit,
        recorder,
        sessions,
        signOut: createSignOut({
          secrets: sessionSecrets,
          sessions,
          origins,
          returnUrls,
          toTenantLogoutUrl: (returnTo, options) => authorization.toLogoutUrl(returnTo, options),
          limit: authIpLimit,
          revokeLater,
          publicUrl,
        }),
      },
      mfa: assembleMfa({ ...signingIn, auth0: mfa, secondFactors }),
      profile: assembleProfile(signingIn),
      login: login.rows,
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
