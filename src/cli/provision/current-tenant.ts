import type { ManagementAccess } from '../../auth0/management-access.ts';
import type { Protection } from './desired-tenant.ts';
import type { Fields, ResourceKind } from './step.ts';

/** The current state of a tenant, in Management API field names. */
export interface CurrentTenant {
  /** Identifier of the Management API. */
  readonly audience: string;
  /** The client that owns the credential, which is never changed. */
  readonly ownClientId: string;
  readonly tenant: Fields;
  /** Without the tenant's own APIs. */
  readonly apis: readonly Fields[];
  readonly clients: readonly Fields[];
  readonly grants: readonly Fields[];
  /** `clients`: the client IDs for which it is enabled. */
  readonly connections: readonly Fields[];
  /** The parts of attack protection that were read. */
  readonly protection?: Readonly<Partial<Record<Protection, Fields>>>;
}

const PAGE = 50;

/** Values of the Management API are compared by field name, regardless of their types in Auth0's client. */
const toFields = (value: object): Fields => Object.fromEntries(Object.entries(value));

/** Reads all pages. */
async function readAll<T>(
  list: (page: number) => PromiseLike<{ readonly data: readonly T[] }>,
): Promise<T[]> {
  const all: T[] = [];
  for (let page = 0; ; page += 1) {
    const { data } = await list(page);
    all.push(...data);
    if (data.length < PAGE) return all;
  }
}

/** Reads all pages of a list with checkpoints. */
async function readChecked<T>(
  list: (from: string | undefined) => PromiseLike<{
    readonly data: readonly T[];
    readonly response: { readonly next?: string | undefined };
  }>,
): Promise<T[]> {
  const all: T[] = [];
  let from: string | undefined;
  do {
    const { data, response } = await list(from);
    all.push(...data);
    from = response.next;
  } while (from !== undefined && from !== '');
  return all;
}

/** Adds lifetimes in minutes to those in hours, because a file can use either. */
const withMinutes = (settings: Fields): Fields => ({
  ...Object.fromEntries(
    ['session_lifetime', 'idle_session_lifetime'].flatMap((name) => {
      const hours = settings[name];
      return typeof hours === 'number' ? [[`${name}_in_minutes`, Math.round(hours * 60)]] : [];
    }),
  ),
  ...settings,
});

/** The resource of the Management API for each part of attack protection. */
export const toProtections = ({ attackProtection }: ManagementAccess['client']) => ({
  'bot-detection': attackProtection.botDetection,
  'brute-force-protection': attackProtection.bruteForceProtection,
  'breached-password-detection': attackProtection.breachedPasswordDetection,
});

async function readProtections(
  client: ManagementAccess['client'],
  wanted: readonly Protection[],
): Promise<Partial<Record<Protection, Fields>>> {
  const resources = toProtections(client);
  const found: Partial<Record<Protection, Fields>> = {};
  // A part that the tenant's plan does not have cannot be read.
  for (const name of wanted) found[name] = toFields(await resources[name].get());
  return found;
}

export interface ReadOptions {
  /** Called before each kind is read. */
  readonly onRead?: ((kind: ResourceKind) => void) | undefined;
  /** Names of the connections whose clients are read; undefined: all. */
  readonly connections?: ReadonlySet<string> | undefined;
  /** The parts of attack protection that are read. Default: none. */
  readonly protections?: readonly Protection[];
}

/** Reads the given kinds of resources; the others are empty. Throws the errors of Auth0's client. */
export async function readCurrentTenant(
  { client, audience, clientId }: ManagementAccess,
  kinds: ReadonlySet<ResourceKind>,
  { onRead, connections: names, protections = [] }: ReadOptions = {},
): Promise<CurrentTenant> {
  const read = async <T>(kind: ResourceKind, load: () => Promise<T>, nothing: T): Promise<T> => {
    if (!kinds.has(kind)) return nothing;
    onRead?.(kind);
    return load();
  };
  const tenant = await read<Fields>(
    'tenant',
    async () => withMinutes(toFields(await client.tenants.settings.get())),
    {},
  );
  const apis = await read(
    'api',
    () => readAll((page) => client.resourceServers.list({ page, per_page: PAGE })),
    [],
  );
  const clients = await read(
    'client',
    () => readAll((page) => client.clients.list({ page, per_page: PAGE })),
    [],
  );
  const grants = await read(
    'grant',
    () => readChecked((from) => client.clientGrants.list({ take: PAGE, ...(from && { from }) })),
    [],
  );
  const connections = await read<Fields[]>('connection', async () => {
    const found = await readChecked((from) => client.connections.list({ take: PAGE, ...(from && { from }) }));
    const all: Fields[] = [];
    for (const connection of found) {
      const { id, name = '' } = connection;
      const isRead = id !== undefined && (names?.has(name) ?? true);
      const enabled = isRead
        ? await readChecked((from) =>
            client.connections.clients.get(id, { take: PAGE, ...(from && { from }) }),
          )
        : [];
      all.push({ ...toFields(connection), clients: enabled.map(({ client_id }) => client_id) });
    }
    return all;
  }, []);
  const protection = await read('protection', () => readProtections(client, protections), {});
  return {
    audience,
    ownClientId: clientId,
    tenant,
    apis: apis.map(toFields).filter(({ is_system }) => is_system !== true),
    clients: clients.map(toFields).filter(({ global }) => global !== true),
    grants: grants.map(toFields),
    connections,
    protection,
  };
}
