import type { TenantContext } from '../context.ts';
import type { Client, ResourceServer } from '../state/settings-documents.ts';
import { findClientGrant, scopesOfGrant } from './client-grants.ts';
import { permissionsOf } from './permissions.ts';
import { grantUserScopes } from './scopes.ts';

/** What of the scopes asked for a user gets at an API through a client: RBAC and the client's own grant considered. */
export function grantScopeFor(
  { state }: Pick<TenantContext, 'state'>,
  ask: {
    readonly client: Client;
    readonly userId: string;
    readonly api: ResourceServer | undefined;
    readonly requested: readonly string[];
  },
): string[] {
  const { client, api, requested, userId } = ask;
  const allowed = api && allowedAt(state, client, api, userId);
  return grantUserScopes({ requested, client, api, allowed });
}

/** Undefined: whatever the API has. */
function allowedAt(
  state: TenantContext['state'],
  client: Client,
  api: ResourceServer,
  userId: string,
): ReadonlySet<string> | undefined {
  const permissions = api.enforce_policies ? permissionsOf(state, userId, api) : undefined;
  const byGrant =
    client.third_party_security_mode === 'strict' ||
    api.subject_type_authorization.user?.policy === 'require_client_grant';
  if (!byGrant) return permissions && new Set(permissions);
  const grant = findClientGrant(state, client, api, 'user');
  const granted = grant ? scopesOfGrant(grant, api) : [];
  return new Set(permissions ? granted.filter((scope) => permissions.includes(scope)) : granted);
}
