import type { CurrentTenant } from './current-tenant.ts';
import type { ClientKind, DesiredGrant, TenantFile } from './desired-tenant.ts';
import { MANAGEMENT_AUDIENCE, ownedKey } from './diff.ts';
import { isObject } from './fields.ts';
import { isSecretMember } from './read-tenant-file.ts';
import type { Fields } from './step.ts';
import { KIND_FIELDS } from './wanted-fields.ts';

/** Fields that a tenant assigns, derives or only returns. */
const NOT_WANTED: Readonly<Record<'tenant' | 'api' | 'client' | 'connection', ReadonlySet<string>>> = {
  tenant: new Set([
    'flags',
    'enabled_locales',
    'sandbox_version',
    'sandbox_versions_available',
    'session_lifetime_in_minutes',
    'idle_session_lifetime_in_minutes',
  ]),
  api: new Set(['id', 'identifier', 'name', 'scopes', 'is_system', 'signing_secret']),
  client: new Set([
    'tenant',
    'global',
    'client_id',
    'client_secret',
    'name',
    'callbacks',
    'allowed_logout_urls',
    'grant_types',
    'signing_keys',
    'encryption_key',
    'client_authentication_methods',
    'oidc_backchannel_logout',
    'owners',
    'callback_url_template',
    'cross_origin_auth',
  ]),
  connection: new Set(['id', 'name', 'clients', 'enabled_clients', 'provisioning_ticket_url']),
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(textOf) : []);

/** The value without secrets and null members. */
function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toPlain);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => member !== null && member !== undefined && !isSecretMember(name, member))
      .map(([name, member]) => [name, toPlain(member)]),
  );
}

function toSettings(kind: keyof typeof NOT_WANTED, fields: Fields): Record<string, unknown> {
  const wanted = Object.entries(fields).filter(([name]) => !NOT_WANTED[kind].has(name));
  // An object of entries becomes an object.
  return toPlain(Object.fromEntries(wanted)) as Record<string, unknown>;
}

function toKind({ is_first_party, app_type }: Fields): ClientKind {
  if (is_first_party === false) return 'third-party';
  if (app_type === 'spa' || app_type === 'native') return app_type;
  return app_type === 'non_interactive' ? 'machine' : 'web';
}

/** A key for a client that has none: its name in lower-case words. */
function toKey(name: string, taken: ReadonlySet<string>): string {
  const base =
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, 50)
      .replaceAll(/^-+|-+$/g, '') || 'client';
  for (let n = 1; ; n += 1) {
    const key = n === 1 ? base : `${base}-${n}`;
    if (!taken.has(key)) return key;
  }
}

/** Describes a tenant as a file of `provision`, without its secrets and without the client that reads it. */
export function toTenantFile(current: CurrentTenant): TenantFile {
  const clients = current.clients.filter(({ client_id }) => client_id !== current.ownClientId);
  const keys = new Map<string, string>();
  const taken = new Set(clients.flatMap((client) => ownedKey(client) ?? []));
  for (const client of clients) {
    const key = ownedKey(client) ?? toKey(textOf(client['name']), taken);
    taken.add(key);
    keys.set(textOf(client['client_id']), key);
  }

  const toGrants = (clientId: string, kind: ClientKind): DesiredGrant[] =>
    current.grants
      .filter((grant) => grant['client_id'] === clientId)
      .map(({ audience, scope, subject_type }) => {
        const usual = kind === 'third-party' ? 'user' : 'client';
        const type: 'client' | 'user' = subject_type === 'user' ? 'user' : 'client';
        return {
          audience: audience === current.audience ? MANAGEMENT_AUDIENCE : textOf(audience),
          scopes: textsOf(scope).toSorted(),
          ...(type !== usual && { subject_type: type }),
        };
      })
      .toSorted((a, b) => (a.audience < b.audience ? -1 : 1));

  function toClient(client: Fields) {
    const clientId = textOf(client['client_id']);
    const kind = toKind(client);
    const { client_metadata, ...settings } = toSettings('client', client);
    const metadata = Object.entries(isObject(client_metadata) ? client_metadata : {}).filter(
      ([name]) => name !== 'managed_by' && name !== 'gatehouse_key',
    );
    const implied = KIND_FIELDS[kind];
    const own = Object.entries(settings).filter(([name, value]) => implied[name] !== value);
    return {
      key: keys.get(clientId) ?? '',
      name: textOf(client['name']),
      kind,
      callbacks: textsOf(client['callbacks']),
      logout_urls: textsOf(client['allowed_logout_urls']),
      grant_types: textsOf(client['grant_types']),
      settings: {
        ...Object.fromEntries(own),
        ...(metadata.length > 0 && { client_metadata: Object.fromEntries(metadata) }),
      },
      grants: toGrants(clientId, kind),
    };
  }

  return {
    version: 1,
    tenant: {
      // The tenant's flags are all booleans.
      flags: (isObject(current.tenant['flags']) ? toPlain(current.tenant['flags']) : {}) as Record<
        string,
        boolean
      >,
      settings: toSettings('tenant', current.tenant),
    },
    apis: current.apis
      .map((api) => ({
        identifier: textOf(api['identifier']),
        name: textOf(api['name']),
        // The Management API has them in this shape.
        scopes: (toPlain(api['scopes']) ?? []) as { value: string; description?: string }[],
        settings: toSettings('api', api),
      }))
      .toSorted((a, b) => (a.identifier < b.identifier ? -1 : 1)),
    clients: clients.map(toClient).toSorted((a, b) => (a.key < b.key ? -1 : 1)),
    connections: current.connections
      .map((connection) => ({
        name: textOf(connection['name']),
        clients: textsOf(connection['clients'])
          .flatMap((id) => keys.get(id) ?? [])
          .toSorted(),
        settings: toSettings('connection', connection),
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
