import { isStandardScope } from '../authorization/scopes.ts';
import { allowsUserAccess } from '../authorization/user-api.ts';
import type { TenantContext } from '../context.ts';
import type { Client, ResourceServer } from '../state/settings-documents.ts';
import type { RefreshFamily } from '../state/token-documents.ts';

/** The API and scopes of a refreshed token. */
export interface RefreshTarget {
  /** Undefined: the access token will be opaque. */
  readonly api: ResourceServer | undefined;
  /** The allowed scopes, before the API's own rules. */
  readonly scope: readonly string[];
  /** Whether a requested audience was ignored. */
  readonly ignored: boolean;
}

/**
 * Multi-resource refresh tokens: in addition to its original API (`own`), a family can request the APIs and scopes of
 * the `refresh_token.policies` of a first-party client. Any other audience is ignored without an error, as on Auth0:
 * the token is for `own`.
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

/** The API of a policy: it must skip consent for first parties, and must not be a system API. */
function findOther(
  context: Pick<TenantContext, 'state' | 'issuer'>,
  client: Client,
  audience: string | undefined,
): ResourceServer | undefined {
  if (audience === undefined || !policyOf(client, audience)) return undefined;
  const [api] = context.state.resourceServers.find('identifier', audience);
  if (!api || api.is_system || !api.skip_consent_for_verifiable_first_party_clients) return undefined;
  return allowsUserAccess(context, client, api) ? api : undefined;
}
