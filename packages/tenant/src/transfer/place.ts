import { managementApi } from '../seed/management-api.ts';
import { userinfoOf } from '../seed/move-management-api.ts';
import { type Rename, renamed } from '../seed/name-audiences.ts';
import type { TenantDocument } from './tenant-document.ts';

/** Stands in exports for the audience of a sign-in without an API, as `$mgmt` does for the Management API. */
const userinfo = '$userinfo';

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

/** The document of a tenant whose Management API has that identifier, with names that hold at any address. */
export function toPortable(document: TenantDocument, managementIdentifier: string): TenantDocument {
  const names = new Map([
    [managementIdentifier, managementApi],
    [userinfoOf(managementIdentifier), userinfo],
  ]);
  return withAudiences(document, (audience) => names.get(audience) ?? audience);
}

/** A portable document as that of the tenant at an address. */
export function toPlaced(document: TenantDocument, managementIdentifier: string): TenantDocument {
  const names = new Map([
    [managementApi, managementIdentifier],
    [userinfo, userinfoOf(managementIdentifier)],
  ]);
  return withAudiences(document, (audience) => names.get(audience) ?? audience);
}
