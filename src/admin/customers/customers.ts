import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientGrant, ManagedClient, ManagedClients } from '../../auth0/managed-clients.ts';
import { GatewayError } from '../../errors.ts';
import type { Locks } from '../../store/store.ts';

/** A customer: one machine client and its one grant for our API. */
export interface Customer {
  readonly key: string;
  readonly name: string;
  readonly client_id: string;
  readonly scopes: readonly string[];
  /** Only for a new secret. */
  readonly client_secret?: string;
}

export interface CustomerInput {
  readonly name: string;
  readonly scopes: readonly string[];
}

export interface CustomersDeps {
  readonly clients: ManagedClients;
  /** The API that customers call. */
  readonly audience: string;
  /** The gateway's own clients, which are never customers, whatever their metadata contains. */
  readonly ownClientIds: ReadonlySet<string>;
  readonly locks: Locks;
}

/** The customers of this gateway. All functions throw GatewayError; `not_found` for an unknown key. */
export interface Customers {
  list(): Promise<readonly Customer[]>;
  read(key: string): Promise<Customer>;
  /**
   * Creates a customer, or restores one: sets its client and its grant to the same settings as for a new one, and removes
   * all other grants.
   * @throws GatewayError `validation_failed` for a scope that the API does not have
   */
  put(key: string, input: CustomerInput): Promise<Customer>;
  /** Issues a new secret; the old one is invalid immediately. */
  rotateSecret(key: string): Promise<Customer>;
  remove(key: string): Promise<void>;
}

/** The entry of `client_metadata` that contains the key. */
export const CUSTOMER_KEY = 'gatehouse_customer';
const LOCK_TTL_MS = 60_000;
const LOCK_PATIENCE_MS = 20_000;
const LOCK_POLL_MS = 100;

const hasSettings = (client: ManagedClient, { name }: CustomerInput): boolean =>
  client.name === name &&
  client.app_type === 'non_interactive' &&
  client.grant_types.join() === 'client_credentials';

const isSame = (scopes: readonly string[], others: readonly string[]): boolean =>
  scopes.toSorted().join(' ') === others.toSorted().join(' ');

const noSuchCustomer = (): GatewayError =>
  new GatewayError('not_found', { detail: 'There is no customer with this key.' });

export function createCustomers({ clients, audience, ownClientIds, locks }: CustomersDeps): Customers {
  const keyOf = ({ client_id, client_metadata }: ManagedClient): string | undefined => {
    const key = client_metadata?.[CUSTOMER_KEY];
    return typeof key === 'string' && !ownClientIds.has(client_id) ? key : undefined;
  };
  const isOurGrant = (grant: ClientGrant): boolean =>
    grant.audience === audience && (grant.subject_type ?? 'client') === 'client';

  /** The clients of a key, always in the same order. More than one exists only if something else has created it. */
  const findAll = async (key: string): Promise<ManagedClient[]> =>
    (await clients.list())
      .filter((client) => keyOf(client) === key)
      .toSorted((one, other) => (one.client_id < other.client_id ? -1 : 1));

  async function require(key: string): Promise<ManagedClient> {
    const [client] = await findAll(key);
    if (client) return client;
    throw noSuchCustomer();
  }

  const toCustomer = (
    key: string,
    { client_id, name }: ManagedClient,
    scopes: readonly string[],
  ): Customer => ({
    key,
    name,
    client_id,
    scopes,
  });

  const scopesIn = (grants: readonly ClientGrant[]): readonly string[] =>
    grants.find(isOurGrant)?.scope ?? [];

  async function requireScopes(scopes: readonly string[]): Promise<void> {
    const known = new Set(await clients.listScopes(audience));
    const errors = scopes.flatMap((scope, index) =>
      known.has(scope)
        ? []
        : [{ path: `scopes.[${index}]`, message: `is not a scope of ${audience}: ${[...known].join(', ')}` }],
    );
    if (errors.length > 0) throw new GatewayError('validation_failed', { errors });
  }

  /** Sets the client's grants to exactly one, for our API and with these scopes. */
  async function restoreGrants(clientId: string, scopes: readonly string[]): Promise<void> {
    const grants = await clients.listGrants({ client_id: clientId });
    const ours = grants.find(isOurGrant);
    for (const { id } of grants) if (id !== ours?.id) await clients.removeGrant(id);
    if (!ours) await clients.createGrant(clientId, audience, scopes);
    else if (!isSame(ours.scope ?? [], scopes)) await clients.updateGrant(ours.id, scopes);
  }

  async function make(key: string, { name, scopes }: CustomerInput): Promise<Customer> {
    const made = await clients.create({ name, metadata: { [CUSTOMER_KEY]: key } });
    try {
      await clients.createGrant(made.client_id, audience, scopes);
    } catch (error) {
      // Its secret has not been returned, so the client is useless: the next attempt creates a new one.
      await clients.remove(made.client_id).catch(() => undefined);
      throw error;
    }
    return { key, name, scopes, ...made };
  }

  /** Runs one change of a customer at a time, over all replicas. Two parallel ones could create two clients. */
  async function withLock<T>(key: string, change: () => Promise<T>): Promise<T> {
    const name = `customer:${key}`;
    const owner = randomUUID();
    const deadline = performance.now() + LOCK_PATIENCE_MS;
    while (!(await locks.acquire(name, owner, LOCK_TTL_MS))) {
      if (performance.now() > deadline) throw new GatewayError('overloaded', { retryAfterS: 5 });
      await sleep(LOCK_POLL_MS);
    }
    try {
      return await change();
    } finally {
      // A lock that cannot be released expires.
      await locks.release(name, owner).catch(() => undefined);
    }
  }

  return {
    async list() {
      const [all, grants] = await Promise.all([clients.list(), clients.listGrants({ audience })]);
      const byClient = Map.groupBy(grants, ({ client_id }) => client_id);
      return all.flatMap((client) => {
        const key = keyOf(client);
        return key === undefined
          ? []
          : [toCustomer(key, client, scopesIn(byClient.get(client.client_id) ?? []))];
      });
    },

    async read(key) {
      const client = await require(key);
      return toCustomer(key, client, scopesIn(await clients.listGrants({ client_id: client.client_id })));
    },

    async put(key, input) {
      const scopes = [...new Set(input.scopes)];
      await requireScopes(scopes);
      return withLock(key, async () => {
        const [client] = await findAll(key);
        if (!client) return make(key, { ...input, scopes });
        const { client_id: clientId } = client;
        if (!hasSettings(client, input))
          await clients.restore(clientId, { name: input.name, metadata: { [CUSTOMER_KEY]: key } });
        await restoreGrants(clientId, scopes);
        return toCustomer(key, { ...client, name: input.name }, scopes);
      });
    },

    async rotateSecret(key) {
      const client = await require(key);
      const grants = await clients.listGrants({ client_id: client.client_id });
      const { client_secret } = await clients.rotateSecret(client.client_id);
      return { ...toCustomer(key, client, scopesIn(grants)), client_secret };
    },

    remove: (key) =>
      withLock(key, async () => {
        const found = await findAll(key);
        if (found.length === 0) throw noSuchCustomer();
        for (const { client_id } of found) await clients.remove(client_id);
      }),
  };
}
