import type { TenantContext } from '../context.ts';
import type { Client, Connection } from '../state/settings-documents.ts';

/** The identifiers of a user in a database connection. */
export type IdentifierKind = 'email' | 'username' | 'phone_number';

/** Whether users of a connection may sign in to a client. Third parties can use the domain-level connections. */
export function mayUseConnection(client: Client, connection: Connection): boolean {
  if (client.third_party_security_mode === 'strict') return connection.is_domain_connection;
  const ofDomain = !client.is_first_party && connection.is_domain_connection;
  return ofDomain || connection.enabled_clients.includes(client.client_id);
}

/** The connections that a client's sign-in page offers. */
export const connectionsOf = ({ state }: Pick<TenantContext, 'state'>, client: Client): Connection[] =>
  state.connections.list().filter((connection) => mayUseConnection(client, connection));

/** The database for password sign-ins with these connections: the tenant's default directory if it is one of them. */
export function directoryOf(
  { state }: Pick<TenantContext, 'state'>,
  usable: readonly Connection[],
  asked: string | undefined,
): Connection | undefined {
  const databases = usable.filter(({ strategy }) => strategy === 'auth0');
  const preferred = asked ?? state.settings.get()?.default_directory;
  const found = databases.find(({ name }) => name === preferred);
  return asked === undefined ? (found ?? databases[0]) : found;
}

/** Whether users of a connection may sign up and in with passkeys. */
export function allowsPasskeys({ options }: Connection): boolean {
  const passkey: unknown = Reflect.get(Object(options['authentication_methods']), 'passkey');
  return Reflect.get(Object(passkey), 'enabled') === true;
}

/** The identifiers that a database connection accepts. */
export const identifiersOf = ({ options }: Connection): readonly IdentifierKind[] =>
  options.requires_username === true ? ['email', 'username'] : ['email'];
