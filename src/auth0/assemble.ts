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

/** The tenant as the gateway meets it, wherever it runs. */
export interface TenantLink {
  /** With its trailing slash. */
  readonly issuer: string;
  /** The origin at which it is reached. */
  readonly baseUrl: string;
  /** The origin at which browsers reach it; its issuer's where absent. */
  readonly browserOrigin?: string;
  /** Of the embedded tenant: where people look into it. */
  readonly consoleUrl?: string;
  readonly clientId: string;
  readonly credential: ClientCredential;
  /** Where there is a machine client for it. */
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
  /** Exchanges the refresh token of a session; `audience` where it is not the one of the sign-in. */
  readonly refresh: (refreshToken: string, audience?: string) => ReturnType<Authentication['refreshGrant']>;
  readonly authorization: Authorization;
  readonly mfa: Mfa;
  readonly passwordless: Passwordless;
  readonly verifyLogoutToken: VerifyLogoutToken;
  readonly management: Omit<Management, 'close'> | undefined;
  readonly revokeLater: RevokeLater;
  /** For what the Management API does in the background. */
  readonly doLater: DoLater;
  readonly clientTokenFor: ReturnType<typeof createOwnClientTokens>;
  /** Whether calls to the tenant fail at once, since too many have failed. */
  readonly isBroken: () => boolean;
  /** The breakers of the ways to the tenant. */
  readonly breakers: () => readonly BreakerState[];
  close(): Promise<void>;
}

/** Puts the conversations with the tenant together: one way there for all of them, one proof of who we are. */
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
