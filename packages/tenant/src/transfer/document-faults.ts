import { identityKey } from '../state/state.ts';
import type { TenantDocument } from './tenant-document.ts';

/** Names that must be unique, by their place in the document. */
const UNIQUE: readonly (readonly [where: string, names: (document: TenantDocument) => readonly string[]])[] =
  [
    ['connections', ({ connections }) => connections.map(({ id }) => id)],
    ['connections', ({ connections }) => connections.map(({ name }) => name)],
    ['resource_servers', (document) => document.resource_servers.map(({ id }) => id)],
    ['resource_servers', (document) => document.resource_servers.map(({ identifier }) => identifier)],
    ['clients', ({ clients }) => clients.map(({ client_id }) => client_id)],
    ['organizations', ({ organizations }) => organizations.map(({ id }) => id)],
    ['organizations', ({ organizations }) => organizations.map(({ name }) => name)],
    ['invitations', ({ invitations = [] }) => invitations.map(({ id }) => id)],
    ['client_grants', (document) => document.client_grants.map(({ id }) => id)],
    ['roles', ({ roles }) => roles.map(({ id }) => id)],
    ['users', ({ users }) => users.map(({ user_id }) => user_id)],
    [
      'users',
      ({ users }) =>
        users.flatMap(({ identities: [home], email, username, phone_number }) =>
          [email, username, phone_number].flatMap((name) =>
            name === undefined ? [] : [identityKey(home?.connection ?? '', name)],
          ),
        ),
    ],
    ['credentials', ({ credentials }) => credentials.map(({ user_id }) => user_id)],
    ['authorizations', ({ authorizations }) => authorizations.map(({ user_id }) => user_id)],
    ['authenticators', ({ authenticators }) => authenticators.map(({ id }) => id)],
    ['passkeys', ({ passkeys = [] }) => passkeys.map(({ credential_id }) => credential_id)],
    ['consents', ({ consents }) => consents.map(({ id }) => id)],
    ['signing_keys', ({ signing_keys = [] }) => signing_keys.map(({ kid }) => kid)],
  ];

interface Owned {
  readonly user_id?: string | undefined;
  readonly client_id?: string | undefined;
}

/** The lists whose entries belong to a user or a client. */
const OWNED_LISTS = [
  'client_grants',
  'credentials',
  'authorizations',
  'authenticators',
  'passkeys',
  'consents',
] as const;

/** Creates a function that reports the missing user or client of an entry. */
function toOwnerCheck({ users, clients }: Pick<TenantDocument, 'users' | 'clients'>) {
  const userIds = new Set(users.map(({ user_id }) => user_id));
  const clientIds = new Set(clients.map(({ client_id }) => client_id));
  return ({ user_id, client_id }: Owned): string | undefined => {
    if (user_id !== undefined && !userIds.has(user_id)) return `no user ${user_id}`;
    if (client_id !== undefined && !clientIds.has(client_id)) return `no client ${client_id}`;
    return undefined;
  };
}

/** The document without entries of missing users or clients. */
export function withoutOrphans(document: TenantDocument): TenantDocument {
  const missingOwner = toOwnerCheck(document);
  const isOwned = (entry: Owned): boolean => missingOwner(entry) === undefined;
  return {
    ...document,
    client_grants: document.client_grants.filter(isOwned),
    credentials: document.credentials.filter(isOwned),
    authorizations: document.authorizations.filter(isOwned),
    authenticators: document.authenticators.filter(isOwned),
    ...(document.passkeys && { passkeys: document.passkeys.filter(isOwned) }),
    consents: document.consents.filter(isOwned),
  };
}

/** The contradictions in a document of valid shape, each as `where: what`. */
export function documentFaults(document: TenantDocument): string[] {
  const faults: string[] = [];
  for (const [where, names] of UNIQUE) {
    const seen = new Set<string>();
    for (const name of names(document)) {
      if (seen.has(name)) faults.push(`${where}: ${name.replace('\n', ' ')} is duplicated`);
      seen.add(name);
    }
  }
  const missingOwner = toOwnerCheck(document);
  for (const list of OWNED_LISTS) {
    (document[list] ?? []).forEach((entry, index) => {
      const missing = missingOwner(entry);
      if (missing !== undefined) faults.push(`${list}.${index}: ${missing}`);
    });
  }
  const { signing_keys: keys } = document;
  if (keys && keys.filter(({ age }) => age === 'current').length !== 1)
    faults.push('signing_keys: exactly one must be current');
  if (document.resource_servers.filter((api) => api.is_system).length !== 1)
    faults.push('resource_servers: exactly one must be the Management API (is_system)');
  return faults;
}
