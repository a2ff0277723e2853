import type { Clock } from '../lib/clock.ts';
import { type Authentication, createAuthentication } from './authentication.ts';
import { type Authorization, createAuthorization } from './authorization.ts';
import { type ClientCredential, createClientAuthentication } from './client-authentication.ts';
import { createIdTokenVerifier } from './id-token.ts';
import { createLogoutTokenVerifier, type VerifyLogoutToken } from './logout-token.ts';
import { createManagement, type Management, type ManagementLink } from './management.ts';
import { createOwnClientTokens } from './own-client-token.ts';
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
  readonly clientId: string;
  readonly credential: ClientCredential;
  /** Where there is a machine client for it. */
  readonly management?: ManagementLink | undefined;
}

export interface Auth0Options extends Pick<TenantCallOptions, 'timeoutMs' | 'onCalled'> {
  readonly tenant: TenantLink;
  readonly connection: string;
  readonly usePar: boolean;
  readonly findKey: FindKey;
  readonly clock: Clock;
}

export interface Auth0 {
  readonly authentication: Authentication;
  readonly authorization: Authorization;
  readonly verifyLogoutToken: VerifyLogoutToken;
  readonly management: Pick<Management, 'revokeSession'> | undefined;
  readonly toClientToken: ReturnType<typeof createOwnClientTokens>;
  /** Whether calls to the tenant fail at once, since too many have failed. */
  readonly isBroken: () => boolean;
  close(): Promise<void>;
}

/** Puts the conversations with the tenant together: one way there for all of them, one proof of who we are. */
export function createAuth0({ tenant, connection, usePar, findKey, clock, ...calls }: Auth0Options): Auth0 {
  const { clientId, issuer, baseUrl, browserOrigin = new URL(issuer).origin } = tenant;
  const { call, isBroken, close } = createTenantCalls({ baseUrl, ...calls });
  const management = tenant.management && createManagement({ link: tenant.management, clock, ...calls });
  const authenticateClient = createClientAuthentication({ ...tenant, clock });
  const verifyIdToken = createIdTokenVerifier({ ...tenant, findKey, clock });
  const shared = { call, clientId, authenticateClient, verifyIdToken };
  return {
    authentication: createAuthentication({ ...shared, connection }),
    authorization: createAuthorization({ ...shared, browserOrigin, usePar }),
    verifyLogoutToken: createLogoutTokenVerifier({ ...tenant, findKey, clock }),
    toClientToken: createOwnClientTokens({ call, authenticateClient, clock }),
    management,
    isBroken,
    close: async () => {
      await Promise.all([close(), management?.close()]);
    },
  };
}
