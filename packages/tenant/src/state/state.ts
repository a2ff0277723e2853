import { actionCollections } from './action-collections.ts';
import { browserCollections } from './browser-collections.ts';
import type { Collection } from './collection.ts';
import { createCollection } from './collection.ts';
import { factorCollections } from './factor-collections.ts';
import type { Guardian } from './factor-documents.ts';
import type { Job } from './job-documents.ts';
import { type Kept, keptKey } from './kept-documents.ts';
import type {
  AttackProtection,
  Client,
  ClientGrant,
  Connection,
  Limits,
  ResourceServer,
  Role,
  TenantSettings,
} from './settings-documents.ts';
import type { Store } from './store.ts';
import type {
  Bucket,
  DpopNonces,
  LogEntry,
  Mail,
  OpaqueToken,
  RefreshFamily,
  RefreshToken,
  SigningKeyDocument,
  UsedAssertion,
  UsedProof,
} from './token-documents.ts';
import type { Authorizations, Credentials, LoginFailures, Ticket, User } from './user-documents.ts';

/** A collection with a single document. */
export interface Single<T> {
  get(): T | undefined;
  put(document: T): void;
}

export interface SeedMark {
  /** SHA-256 of the seed file that was applied first; empty: none. */
  readonly seed_digest: string;
}

/** The tenant's data. All calls are synchronous: see `Store`. */
export type State = ReturnType<typeof createState>;

const joined = (...parts: readonly string[]): string => parts.join('\n');

/** The key of a connection's user; identifiers ignore case. */
export const identityKey = (connection: string, identifier: string): string =>
  joined(connection, identifier.toLowerCase());

export const grantKey = (clientId: string, audience: string): string => joined(clientId, audience);

function createSingle<T extends object>(store: Store, id: string): Single<T> {
  const collection = createCollection<T>(store, { name: 'settings', id: () => id });
  return { get: () => collection.get(id), put: (document) => collection.put(document) };
}

const homeOf = (user: User): string => user.identities[0]?.connection ?? '';
const keyIn = (user: User, identifier: string | undefined): string | undefined =>
  identifier === undefined ? undefined : identityKey(homeOf(user), identifier);
const expiresMs = (document: { readonly expires_ms?: number | undefined }): number | undefined =>
  document.expires_ms;

/** The tenant's collections in one store. */
export function createState(store: Store) {
  const collect = <T, K extends string = never>(
    kind: Parameters<typeof createCollection<T, K>>[1],
  ): Collection<T, K> => createCollection<T, K>(store, kind);
  return {
    settings: createSingle<TenantSettings>(store, 'tenant'),
    attackProtection: createSingle<AttackProtection>(store, 'attack_protection'),
    guardian: createSingle<Guardian>(store, 'guardian'),
    limits: createSingle<Limits>(store, 'limits'),
    dpopNonces: createSingle<DpopNonces>(store, 'dpop_nonces'),
    seedMark: createSingle<SeedMark>(store, 'seed'),

    connections: collect<Connection, 'name'>({
      name: 'connections',
      id: (c) => c.id,
      keys: (c) => ({ name: c.name }),
    }),
    resourceServers: collect<ResourceServer, 'identifier'>({
      name: 'resource_servers',
      id: (api) => api.id,
      keys: (api) => ({ identifier: api.identifier }),
    }),
    clients: collect<Client, 'name'>({
      name: 'clients',
      id: (c) => c.client_id,
      keys: (c) => ({ name: c.name }),
    }),
    clientGrants: collect<ClientGrant, 'client_id' | 'pair'>({
      name: 'client_grants',
      id: (g) => g.id,
      keys: (g) => ({
        client_id: g.client_id,
        pair: grantKey(g.client_id ?? g.default_for ?? '', g.audience),
      }),
    }),
    roles: collect<Role, 'name'>({ name: 'roles', id: (r) => r.id, keys: (r) => ({ name: r.name }) }),

    users: collect<User, 'email' | 'username' | 'phone'>({
      name: 'users',
      id: (u) => u.user_id,
      keys: (u) => ({
        email: keyIn(u, u.email),
        username: keyIn(u, u.username),
        phone: keyIn(u, u.phone_number),
      }),
    }),
    credentials: collect<Credentials>({ name: 'credentials', id: (c) => c.user_id }),
    authorizations: collect<Authorizations, 'auto_login'>({
      name: 'authorizations',
      id: (a) => a.user_id,
      keys: (a) => ({ auto_login: a.auto_login === true ? 'true' : undefined }),
    }),
    loginFailures: collect<LoginFailures, 'identifier'>({
      name: 'login_failures',
      id: (f) => f.id,
      keys: (f) => ({ identifier: f.identifier }),
      expiresMs,
    }),
    tickets: collect<Ticket, 'user_id'>({
      name: 'tickets',
      id: (t) => t.id,
      keys: (t) => ({ user_id: t.user_id }),
      expiresMs,
    }),

    kept: collect<Kept, 'kind'>({
      name: 'kept',
      id: (k) => keptKey(k.kind, k.id),
      keys: (k) => ({ kind: k.kind }),
    }),
    jobs: collect<Job>({ name: 'jobs', id: (j) => j.id, expiresMs }),

    signingKeys: collect<SigningKeyDocument>({ name: 'signing_keys', id: (k) => k.kid }),
    refreshFamilies: collect<RefreshFamily, 'user_id' | 'client_id'>({
      name: 'refresh_families',
      id: (f) => f.id,
      keys: (f) => ({ user_id: f.user_id, client_id: f.client_id }),
      expiresMs,
    }),
    refreshTokens: collect<RefreshToken>({ name: 'refresh_tokens', id: (t) => t.id, expiresMs }),
    opaqueTokens: collect<OpaqueToken, 'user_id'>({
      name: 'opaque_tokens',
      id: (t) => t.id,
      keys: (t) => ({ user_id: t.user_id }),
      expiresMs,
    }),
    usedProofs: collect<UsedProof>({ name: 'used_proofs', id: (p) => p.id, expiresMs }),
    usedAssertions: collect<UsedAssertion>({ name: 'used_assertions', id: (a) => a.id, expiresMs }),
    buckets: collect<Bucket>({ name: 'buckets', id: (b) => b.id, expiresMs }),

    mails: collect<Mail & { readonly id: string }, 'to'>({
      name: 'mails',
      id: (m) => m.id,
      keys: (m) => ({ to: m.to.toLowerCase() }),
    }),
    logs: collect<LogEntry>({ name: 'logs', id: (l) => l.log_id }),

    ...browserCollections(store),

    ...factorCollections(store),

    ...actionCollections(store),

    transaction: <T>(work: () => T): T => store.transaction(work),
    sweep: (nowMs: number): void => store.sweep(nowMs),
    close: (): void => store.close(),
  };
}
