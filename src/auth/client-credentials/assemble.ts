import type { Route } from '../../http/route.ts';
import { createAddressFailureLimit } from '../../limits/address-limit.ts';
import { createFailureLimiter } from '../../limits/failure-limit.ts';
import { createLimiter, type MakeLimiter, type Rate } from '../../limits/rate-limit.ts';
import { CLIENT_FAILURES, type ClientTokenDeps, createClientTokens } from './client-token.ts';
import { type ClientTokenRouteDeps, clientTokenRoutes } from './client-token-routes.ts';

export interface ClientCredentialsOptions
  extends Pick<ClientTokenDeps, 'auth0' | 'toHash' | 'nowS' | 'isCached' | 'onLookedUp' | 'tokensFromS'>,
    Pick<ClientTokenRouteDeps, 'audiences' | 'audit'> {
  readonly makeLimiter: MakeLimiter;
  /** Undefined: no limits. */
  readonly rates: { readonly tokenClient: Rate } | undefined;
}

const CLIENT_FAILURE_RATE: Rate = { count: 20, windowS: 60 };
const ADDRESS_FAILURE_RATE: Rate = { count: 100, windowS: 60 };

/** The token endpoint for API clients, with its rate limits. */
export function assembleClientCredentials(options: ClientCredentialsOptions): Route[] {
  const { audiences, audit, makeLimiter, rates } = options;
  return clientTokenRoutes({
    audiences,
    audit,
    limit: createAddressFailureLimit(makeLimiter, 'token-ip', rates && ADDRESS_FAILURE_RATE, CLIENT_FAILURES),
    issue: createClientTokens({
      ...options,
      failures: createFailureLimiter(makeLimiter, 'token-failures', rates && CLIENT_FAILURE_RATE),
      successes: createLimiter(makeLimiter, 'token-client', rates?.tokenClient),
    }),
  });
}
