import { MANAGEMENT_API } from '../seed/management-api.ts';
import { userinfoOf } from '../seed/move-management-api.ts';
import { type Rename, renamed } from '../seed/name-audiences.ts';
import type { TenantDocument } from './tenant-document.ts';

/** Placeholder for the audience of a sign-in without an API, like `$mgmt` for the Management API. */
const USERINFO = '$userinfo';

function withAudiences(document: TenantDocument, rename: Rename): TenantDocument {
  return {
    ...document,
    tenant: renamed.settings(document.tenant, rename),
    resource_servers: document.resource_servers.map((api) => ({
      ...api,
      identifier: rename(api.identifier),
    })),
    clients: document.clients.map((client) => renamed.client(client, rename)),
    client_grants: document.client_grants.map((grant) => renamed.owned(grant, rename)),
    roles: document.roles.map((role) => renamed.holder(role, rename)),
    authorizations: document.authorizations.map((holder) => renamed.holder(holder, rename)),
    consents: document.consents.map((consent) => renamed.owned(consent, rename)),
  };
}

/** Replaces the tenant's own addresses in a document with placeholders. */
export function toPortable(document: TenantDocument, managementIdentifier: string): TenantDocument {
  const names = new Map([
    [managementIdentifier, MANAGEMENT_API],
    [userinfoOf(managementIdentifier), USERINFO],
  ]);
  return withAudiences(document, (audience) => names.get(audience) ?? audience);
}

/** Replaces the placeholders in a document with the addresses of a tenant. */
export function toPlaced(document: TenantDocument, managementIdentifier: string): TenantDocument {
  const names = new Map([
    [MANAGEMENT_API, managementIdentifier],
    [USERINFO, userinfoOf(managementIdentifier)],
  ]);
  return withAudiences(document, (audience) => names.get(audience) ?? audience);
}
