import type { Management as Wire } from 'auth0';
import type { ManagementAccess } from '../../auth0/management-access.ts';
import type { TenantProbe } from '../../auth0/tenant-probe.ts';

type Client = ManagementAccess['client'];

/** An action that a trigger runs, with the code that is deployed. */
export interface BoundAction {
  readonly name: string;
  readonly code: string;
}

/** The remaining calls in the current window of the Management API's rate limit, and their maximum. */
export interface Quota {
  readonly left: number;
  readonly limit: number;
}

/** The reads of checks without the Management API. */
export type PublicReads = Omit<TenantProbe, 'loginError'>;

const PAGE = 100;
/** A tenant can have very many clients because of dynamic registration. */
const MAX_ITEMS = 5000;

/** All items of a list. */
async function collect<T>(page: PromiseLike<AsyncIterable<T>>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of await page) {
    items.push(item);
    if (items.length >= MAX_ITEMS) break;
  }
  return items;
}

/** Undefined if the resource does not exist or is not part of the tenant's plan. */
async function orAbsent<T>(asked: PromiseLike<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    const { statusCode, body } = error as { statusCode?: number; body?: { errorCode?: string } };
    if (statusCode === 404 || body?.errorCode === 'insufficient_entitlement') return undefined;
    throw error;
  }
}

async function readPostLoginActions({ actions }: Client): Promise<BoundAction[]> {
  const bindings = await collect(actions.triggers.bindings.list('post-login', { per_page: 50 }));
  const bound: BoundAction[] = [];
  for (const { action } of bindings) {
    const whole = action?.id === undefined ? undefined : await orAbsent(actions.get(action.id));
    const code = whole?.deployed_version?.code ?? whole?.code ?? '';
    bound.push({ name: whole?.name ?? action?.name ?? '', code });
  }
  return bound;
}

async function readQuota({ tenants }: Client): Promise<Quota | undefined> {
  const { rawResponse } = await tenants.settings.get({ fields: 'friendly_name' }).withRawResponse();
  const [left, limit] = ['remaining', 'limit'].map((name) =>
    Number(rawResponse.headers.get(`x-ratelimit-${name}`) ?? Number.NaN),
  );
  if (left === undefined || limit === undefined || Number.isNaN(left + limit)) return undefined;
  return { left, limit };
}

/** The clients of connections, by the connection's name; absent for unknown connections. */
type ConnectionClients = ReadonlyMap<string, readonly string[]>;

/** Clients of the connections that the gateway uses or may use, by the connection's name. */
async function readConnectionClients({ connections }: Client): Promise<ConnectionClients> {
  const clients = new Map<string, readonly string[]>();
  for (const { id, name } of await collect(connections.list({ take: PAGE }))) {
    if (id === undefined || name === undefined) continue;
    const enabled = await collect(connections.clients.get(id, { take: PAGE }));
    clients.set(
      name,
      enabled.map(({ client_id }) => client_id),
    );
  }
  return clients;
}

/** The reads of the Management API: the required scope, and the call. */
const MANAGEMENT_READS = {
  settings: ['read:tenant_settings', ({ tenants }: Client) => tenants.settings.get()],
  quota: ['read:tenant_settings', readQuota],
  signingKeys: ['read:signing_keys', ({ keys }: Client) => keys.signing.list()],
  apis: [
    'read:resource_servers',
    ({ resourceServers }: Client) => collect(resourceServers.list({ per_page: PAGE })),
  ],
  clients: ['read:clients', ({ clients }: Client) => collect(clients.list({ per_page: PAGE }))],
  clientGrants: [
    'read:client_grants',
    ({ clientGrants }: Client) => collect(clientGrants.list({ take: PAGE })),
  ],
  connections: ['read:connections', ({ connections }: Client) => collect(connections.list({ take: PAGE }))],
  connectionClients: ['read:connections', readConnectionClients],
  mfaPolicies: ['read:mfa_policies', ({ guardian }: Client) => guardian.policies.list()],
  botDetection: [
    'read:attack_protection',
    ({ attackProtection }: Client) => orAbsent(attackProtection.botDetection.get()),
  ],
  suspiciousIp: [
    'read:attack_protection',
    ({ attackProtection }: Client) => orAbsent(attackProtection.suspiciousIpThrottling.get()),
  ],
  bruteForce: [
    'read:attack_protection',
    ({ attackProtection }: Client) => orAbsent(attackProtection.bruteForceProtection.get()),
  ],
  breachedPasswords: [
    'read:attack_protection',
    ({ attackProtection }: Client) => orAbsent(attackProtection.breachedPasswordDetection.get()),
  ],
  postLoginActions: ['read:actions', readPostLoginActions],
  emailProvider: ['read:email_provider', ({ emails }: Client) => orAbsent(emails.provider.get())],
  grants: ['read:grants', ({ userGrants }: Client) => userGrants.list({ per_page: 1 })],
} as const satisfies Record<string, readonly [scope: string, read: (client: Client) => unknown]>;

type ManagementReadName = keyof typeof MANAGEMENT_READS;
type ReadValue<N extends ManagementReadName> = Awaited<ReturnType<(typeof MANAGEMENT_READS)[N][1]>>;

/** The read of the access itself: whether the Management API can be called, and with which scopes. */
type AccessReadName = 'scopes';

export type ReadName = keyof PublicReads | AccessReadName | ManagementReadName;

export type Api = Wire.ResourceServer;
export type Application = Wire.Client;
export type Connection = Wire.ConnectionForList;

/** All reads of the tenant. Each is executed once and shared by checks. */
export type TenantReads = PublicReads & {
  /** Scopes of the management token; undefined if the token does not name them. */
  scopes(): Promise<ReadonlySet<string> | undefined>;
} & { readonly [N in ManagementReadName]: () => Promise<ReadValue<N>> };

const isManagementRead = (name: ReadName): name is ManagementReadName =>
  Object.hasOwn(MANAGEMENT_READS, name);

/** The scope of the Management API that a read requires; undefined if it requires none. */
export const scopeOf = (name: ReadName): string | undefined =>
  isManagementRead(name) ? MANAGEMENT_READS[name][0] : undefined;

/** Whether a read calls the Management API. */
export const needsManagement = (name: ReadName): boolean => name === 'scopes' || isManagementRead(name);

const once = <T>(read: () => Promise<T>): (() => Promise<T>) => {
  let kept: Promise<T> | undefined;
  return () => (kept ??= read());
};

/** Creates the reads of one run. `openManagement` rejects if no management token can be obtained. */
export function createTenantReads(
  publicReads: PublicReads,
  openManagement: () => Promise<ManagementAccess>,
): TenantReads {
  const open = once(openManagement);
  const managed = Object.entries(MANAGEMENT_READS).map(([name, [, read]]) => [
    name,
    once(async () => read((await open()).client)),
  ]);
  // Each name has the read of its own row, which the type of `fromEntries` does not express.
  return {
    discovery: once(() => publicReads.discovery()),
    keys: once(() => publicReads.keys()),
    credentialFault: once(() => publicReads.credentialFault()),
    scopes: once(async () => (await open()).readScopes()),
    ...(Object.fromEntries(managed) as Pick<TenantReads, ManagementReadName>),
  };
}
