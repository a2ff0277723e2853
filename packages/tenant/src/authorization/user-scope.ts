import type { TenantContext } from '../context.ts';
import type { Client, ResourceServer } from '../state/settings-documents.ts';
import { findClientGrant, scopesOfGrant } from './client-grants.ts';
import { permissionsOf } from './permissions.ts';
import { grantUserScopes } from './scopes.ts';

/** The requested scopes that a user is granted at an API through a client, after RBAC and the client grant. */
export function grantScopeFor(
  { state }: Pick<TenantContext, 'state'>,
  ask: {
    readonly client: Client;
    readonly userId: string;
    /** The organization that they sign in to; undefined: none. */
    readonly organizationId?: string | undefined;
    readonly api: ResourceServer | undefined;
    readonly requested: readonly string[];
  },
): string[] {
  const { client, api, requested, userId, organizationId } = ask;
  const allowed = api && allowedAt(state, client, api, userId, organizationId);
  return grantUserScopes({ requested, client, api, allowed });
}

/** Undefined: all scopes of the API. */
function allowedAt(
  state: TenantContext['state'],
  client: Client,
  api: ResourceServer,
  userId: string,
  organizationId: string | undefined,
): ReadonlySet<string> | undefined {
  const permissions = api.enforce_policies ? permissionsOf(state, userId, api, organizationId) : undefined;
  const byGrant =
    client.third_party_security_mode === 'strict' ||
    api.subject_type_authorization.user?.policy === 'require_client_grant';
  if (!byGrant) return permissions && new Set(permissions);
  const grant = findClientGrant(state, client, api, 'user');
  const granted = grant ? scopesOfGrant(grant, api) : [];
  return new Set(permissions ? granted.filter((scope) => permissions.includes(scope)) : granted);
}
