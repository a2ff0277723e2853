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
  /** Only where it is new. */
  readonly client_secret?: string;
}

export interface CustomerWish {
  readonly name: string;
  readonly scopes: readonly string[];
}

export interface CustomersDeps {
  readonly clients: ManagedClients;
  /** The API that customers call. */
  readonly audience: string;
  /** Clients that are never a customer's, whatever their metadata says: the gateway's own. */
  readonly ownClientIds: ReadonlySet<string>;
  readonly locks: Locks;
}

/** The customers of this gateway. Everything throws GatewayError; `not_found` for a key that no customer has. */
export interface Customers {
  list(): Promise<readonly Customer[]>;
  read(key: string): Promise<Customer>;
  /**
   * Makes a customer, or mends one: its client and its grant are as if newly made afterwards, and any other grant is gone.
   * @throws GatewayError `validation_failed` for a scope that the API does not have
   */
  put(key: string, wish: CustomerWish): Promise<Customer>;
  /** A new secret; the old one ends at once. */
  rotateSecret(key: string): Promise<Customer>;
  remove(key: string): Promise<void>;
}

/** The entry of `client_metadata` that holds the key. */
export const CUSTOMER_KEY = 'gatehouse_customer';
const LOCK_TTL_MS = 60_000;
const LOCK_PATIENCE_MS = 20_000;
const LOCK_POLL_MS = 100;

const isOrderly = (client: ManagedClient, { name }: CustomerWish): boolean =>
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

  /** The clients of a key, always in the same order: more than one is another's doing. */
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

  /** Leaves the client with one grant, that of our API, and with these scopes. */
  async function mendGrants(clientId: string, scopes: readonly string[]): Promise<void> {
    const grants = await clients.listGrants({ client_id: clientId });
    const ours = grants.find(isOurGrant);
    for (const { id } of grants) if (id !== ours?.id) await clients.removeGrant(id);
    if (!ours) await clients.createGrant(clientId, audience, scopes);
    else if (!isSame(ours.scope ?? [], scopes)) await clients.updateGrant(ours.id, scopes);
  }

  async function make(key: string, { name, scopes }: CustomerWish): Promise<Customer> {
    const made = await clients.create({ name, metadata: { [CUSTOMER_KEY]: key } });
    try {
      await clients.createGrant(made.client_id, audience, scopes);
    } catch (error) {
      // Nobody has seen its secret: the next attempt makes another one.
      await clients.remove(made.client_id).catch(() => undefined);
      throw error;
    }
    return { key, name, scopes, ...made };
  }

  /** One change of a customer at a time, over all replicas: two would make two clients. */
  async function alone<T>(key: string, change: () => Promise<T>): Promise<T> {
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
      // A lock that cannot be released ends by itself.
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

    async put(key, wish) {
      const scopes = [...new Set(wish.scopes)];
      await requireScopes(scopes);
      return alone(key, async () => {
        const [client] = await findAll(key);
        if (!client) return make(key, { ...wish, scopes });
        const { client_id: clientId } = client;
        if (!isOrderly(client, wish))
          await clients.mend(clientId, { name: wish.name, metadata: { [CUSTOMER_KEY]: key } });
        await mendGrants(clientId, scopes);
        return toCustomer(key, { ...client, name: wish.name }, scopes);
      });
    },

    async rotateSecret(key) {
      const client = await require(key);
      const grants = await clients.listGrants({ client_id: client.client_id });
      const { client_secret } = await clients.rotateSecret(client.client_id);
      return { ...toCustomer(key, client, scopesIn(grants)), client_secret };
    },

    remove: (key) =>
      alone(key, async () => {
        const found = await findAll(key);
        if (found.length === 0) throw noSuchCustomer();
        for (const { client_id } of found) await clients.remove(client_id);
      }),
  };
}
