import { isStandardScope } from '../authorization/scopes.ts';
import { mayUsersUse } from '../authorization/user-api.ts';
import type { TenantContext } from '../context.ts';
import type { Client, ResourceServer } from '../state/settings-documents.ts';
import type { RefreshFamily } from '../state/token-documents.ts';

/** What a refresh is for. */
export interface RefreshTarget {
  /** Undefined: the access token will be opaque. */
  readonly api: ResourceServer | undefined;
  /** The scopes that may be had there, before the API's own rules. */
  readonly scope: readonly string[];
  /** Whether another audience was asked for, to no avail. */
  readonly ignored: boolean;
}

/**
 * Multi-resource refresh tokens: besides the API that it began with (`own`), a family may ask for those in the
 * `refresh_token.policies` of a first-party client, for the scopes named there. Any other audience is ignored
 * without a word, as on Auth0: the token is one for `own`.
 */
export function findRefreshTarget(
  context: Pick<TenantContext, 'state' | 'issuer'>,
  client: Client,
  family: Pick<RefreshFamily, 'scope'>,
  own: ResourceServer | undefined,
  asked: string | undefined,
): RefreshTarget {
  const other = asked === own?.identifier ? undefined : findOther(context, client, asked);
  if (!other) {
    const scope = [...new Set([...family.scope, ...policyScope(client, own)])];
    return { api: own, scope, ignored: asked !== undefined && asked !== own?.identifier };
  }
  const kept = family.scope.filter(isStandardScope);
  return { api: other, scope: [...new Set([...kept, ...policyScope(client, other)])], ignored: false };
}

function policyOf(client: Client, audience: string | undefined) {
  if (!client.is_first_party) return undefined;
  return client.refresh_token.policies?.find((policy) => policy.audience === audience);
}

const policyScope = (client: Client, api: ResourceServer | undefined): readonly string[] =>
  policyOf(client, api?.identifier)?.scope ?? [];

/** The API of a policy: it must be one that asks first parties for no consent, and none of the system's. */
function findOther(
  context: Pick<TenantContext, 'state' | 'issuer'>,
  client: Client,
  audience: string | undefined,
): ResourceServer | undefined {
  if (audience === undefined || !policyOf(client, audience)) return undefined;
  const [api] = context.state.resourceServers.find('identifier', audience);
  if (!api || api.is_system || !api.skip_consent_for_verifiable_first_party_clients) return undefined;
  return mayUsersUse(context, client, api) ? api : undefined;
}
