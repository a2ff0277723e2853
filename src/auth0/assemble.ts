import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../observe/logger.ts';
import type { BreakerState } from '../observe/operations-metrics.ts';
import { createAcceptSignIn, createAcceptTokens } from './accept-tokens.ts';
import { type Authentication, createAuthentication } from './authentication.ts';
import { type Authorization, createAuthorization } from './authorization.ts';
import { type ClientCredential, createClientAuthentication } from './client-authentication.ts';
import { createIdTokenVerifier } from './id-token.ts';
import { createDoLater, type DoLater } from './later.ts';
import { createLogoutTokenVerifier, type VerifyLogoutToken } from './logout-token.ts';
import { createManagement, type Management } from './management.ts';
import type { ManagementLink } from './management-client.ts';
import { createMfa, type Mfa } from './mfa.ts';
import { createOwnClientTokens } from './own-client-token.ts';
import { createPasswordless, type Passwordless } from './passwordless.ts';
import { createRevokeLater, type RevokeLater } from './revoke-later.ts';
import { createTenantCalls, type TenantCallOptions } from './tenant-call.ts';
import type { FindKey } from './tenant-jwt.ts';

/** The connection settings of a tenant, embedded or remote. */
export interface TenantLink {
  /** Includes the trailing slash. */
  readonly issuer: string;
  /** The origin for calls from the gateway. */
  readonly baseUrl: string;
  /** The origin for browsers. Default: that of the issuer. */
  readonly browserOrigin?: string;
  /** URL of the console; only for the embedded tenant. */
  readonly consoleUrl?: string;
  readonly clientId: string;
  readonly credential: ClientCredential;
  /** Undefined without a machine client for the Management API. */
  readonly management?: ManagementLink | undefined;
}

export interface Auth0Options extends Pick<TenantCallOptions, 'timeoutMs' | 'onCalled' | 'tracing'> {
  readonly tenant: TenantLink;
  readonly connection: string;
  readonly usePar: boolean;
  readonly findKey: FindKey;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'error'>;
}

export interface Auth0 {
  readonly authentication: Authentication;
  /** Exchanges the refresh token of a session; `audience` only if it differs from that of the sign-in. */
  readonly refresh: (refreshToken: string, audience?: string) => ReturnType<Authentication['refreshGrant']>;
  readonly authorization: Authorization;
  readonly mfa: Mfa;
  readonly passwordless: Passwordless;
  readonly verifyLogoutToken: VerifyLogoutToken;
  readonly management: Omit<Management, 'close'> | undefined;
  readonly revokeLater: RevokeLater;
  /** For background calls of the Management API. */
  readonly doLater: DoLater;
  readonly clientTokenFor: ReturnType<typeof createOwnClientTokens>;
  /** Whether the breaker of the calls to the tenant is open. */
  readonly isBroken: () => boolean;
  /** The breakers of the tenant's connection pools. */
  readonly breakers: () => readonly BreakerState[];
  close(): Promise<void>;
}

/** Assembles all calls to the tenant. Those of the Authentication API share one connection pool and one client authentication. */
export function assembleAuth0(options: Auth0Options): Auth0 {
  const { tenant, connection, usePar, findKey, clock, log, ...calls } = options;
  const { clientId, issuer, baseUrl, browserOrigin = new URL(issuer).origin } = tenant;
  const { call, isBroken, close } = createTenantCalls({ baseUrl, ...calls });
  const management =
    tenant.management &&
    createManagement({ link: tenant.management, ownClientId: clientId, connection, clock, ...calls });
  const authenticateClient = createClientAuthentication({ ...tenant, clock });
  const doLater = createDoLater((unlessDone, err) => log.error({ err }, unlessDone));
  const revokeLater = createRevokeLater(call, authenticateClient, doLater);
  const acceptTokens = createAcceptTokens(createIdTokenVerifier({ ...tenant, findKey, clock }));
  const acceptSignIn = createAcceptSignIn(acceptTokens, revokeLater);
  const shared = { call, clientId, authenticateClient, acceptSignIn };
  const authentication = createAuthentication({ ...shared, acceptTokens, connection });
  return {
    authentication,
    refresh: (refreshToken, audience) => authentication.refreshGrant(refreshToken, undefined, audience),
    authorization: createAuthorization({ ...shared, browserOrigin, usePar }),
    mfa: createMfa(shared),
    passwordless: createPasswordless(shared),
    verifyLogoutToken: createLogoutTokenVerifier({ ...tenant, findKey, clock }),
    clientTokenFor: createOwnClientTokens({ call, authenticateClient, clock }),
    management,
    revokeLater,
    doLater,
    isBroken,
    breakers: () => [
      { target: 'tenant', isOpen: isBroken() },
      ...(management ? [{ target: 'tenant management', isOpen: management.isBroken() }] : []),
    ],
    close: async () => {
      await Promise.all([close(), management?.close()]);
    },
  };
}
