import type { ManagementAccess } from '../../auth0/management-access.ts';
import type { DesiredTenant } from './desired-tenant.ts';
import { ProvisionError } from './provision-error.ts';
import type { ResourceKind } from './step.ts';

/** The names of each kind of resource in scopes. */
const RESOURCES: Readonly<Record<ResourceKind, string>> = {
  tenant: 'tenant_settings',
  api: 'resource_servers',
  client: 'clients',
  grant: 'client_grants',
  connection: 'connections',
  protection: 'attack_protection',
};

/** Resources that every tenant has and that are never created. */
const PERMANENT: ReadonlySet<ResourceKind> = new Set(['tenant', 'protection']);

/** The kinds of resources in the desired state. */
export function toKinds({
  tenant,
  apis,
  clients,
  connections,
  protection,
}: DesiredTenant): ReadonlySet<ResourceKind> {
  const wanted: Readonly<Record<ResourceKind, boolean>> = {
    tenant: tenant !== undefined,
    api: (apis ?? []).length > 0,
    client: (clients ?? []).length > 0 || (connections ?? []).some((connection) => connection.clients),
    grant: (clients ?? []).some(({ grants = [] }) => grants.length > 0),
    connection: (connections ?? []).length > 0,
    protection: protection !== undefined,
  };
  return new Set((Object.keys(wanted) as ResourceKind[]).filter((kind) => wanted[kind]));
}

/** The actions on the resources. */
export interface Access {
  readonly writes?: boolean;
  readonly replaces?: boolean | undefined;
  readonly deletes?: boolean;
  /** Whether client secrets are read. */
  readonly secrets?: boolean;
}

/** The least scopes of the Management API for an access to these kinds. */
export function toScopes(kinds: ReadonlySet<ResourceKind>, access: Access): string[] {
  const { writes = false, replaces = false, deletes = false, secrets = false } = access;
  const scopes = [...kinds].flatMap((kind) => {
    const isOwn = writes && !PERMANENT.has(kind);
    const isReplaced = replaces && (kind === 'client' || kind === 'connection');
    const verbs = [
      'read',
      ...(isOwn ? ['create'] : []),
      ...(writes ? ['update'] : []),
      ...(isReplaced || (deletes && kind === 'client') ? ['delete'] : []),
    ];
    return verbs.map((verb) => `${verb}:${RESOURCES[kind]}`);
  });
  return secrets && kinds.has('client') ? [...scopes, 'read:client_keys'] : scopes;
}

/** Requires the scopes of the access token. Throws `ProvisionError`, which names all that are missing. */
export async function requireScopes(management: ManagementAccess, needed: readonly string[]): Promise<void> {
  const granted = await management.readScopes();
  if (!granted) return;
  const missing = needed.filter((scope) => !granted.has(scope));
  if (missing.length === 0) return;
  throw new ProvisionError(
    `The client ${management.clientId} lacks scopes of the Management API: ${missing.join(', ')}.\nGrant them in the dashboard: Applications → APIs → Auth0 Management API → Machine to Machine Applications.`,
  );
}
