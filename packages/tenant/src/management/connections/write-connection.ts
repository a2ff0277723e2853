import type { TenantContext } from '../../context.ts';
import { refillOptions, toConnection } from '../../state/connection-defaults.ts';
import { defined } from '../../state/defaults.ts';
import type { Connection, ConnectionOptions } from '../../state/settings-documents.ts';
import { applyPatch, mergeMetadata } from '../apply-patch.ts';
import { mergeExtra, splitExtra } from '../extra.ts';
import { managementError, notFound } from '../management-error.ts';
import { checkOptions } from './check-options.ts';
import { CONNECTION_EXTRA, type CreateConnectionBody, type UpdateConnectionBody } from './connection-body.ts';
import { deriveOptions } from './derived-options.ts';

type Deps = Pick<TenantContext, 'state'>;

/** The connection of a path. Throws 404 `inexistent_connection`. */
export function requireConnection({ state }: Deps, id = ''): Connection {
  const connection = state.connections.get(id);
  if (!connection) throw notFound('The connection does not exist', 'inexistent_connection');
  return connection;
}

/** Creates a connection. Throws 400 for unknown clients, 409 if the name exists. */
export function createConnection({ state }: Deps, body: CreateConnectionBody): Connection {
  const { known, extra } = splitExtra(body, CONNECTION_EXTRA);
  const { metadata, options, realms = [], ...rest } = known;
  requireClients({ state }, rest.enabled_clients ?? []);
  if (state.connections.find('name', rest.name).length > 0)
    throw managementError(409, 'A connection with the same name already exists.');
  if (options) checkOptions(toOptions(options));
  if (rest.strategy === 'auth0' && body.cross_app_access_requesting_app?.active === true)
    throw managementError(400, 'Cross App Access Requesting App is not supported for this connection.', {
      errorCode: 'operation_not_supported',
    });
  const connection = toConnection({
    ...defined(rest),
    ...(realms.length > 0 && { realms }),
    ...(options && { options: deriveOptions(rest.strategy, toOptions(options)) }),
    ...(metadata && { metadata: mergeMetadata({}, metadata) }),
    extra: mergeExtra(undefined, extra),
  });
  state.connections.put(connection);
  return connection;
}

/** Changes a connection; given options replace all previous options. Throws 400 and 404. */
export function changeConnection(
  { state }: Deps,
  id: string | undefined,
  body: UpdateConnectionBody,
): Connection {
  const before = requireConnection({ state }, id);
  const { known, extra } = splitExtra(body, CONNECTION_EXTRA);
  const { metadata, options, realms, ...rest } = known;
  requireClients({ state }, rest.enabled_clients ?? []);
  const connection: Connection = {
    ...applyPatch<Connection>(before, rest, { enabled_clients: [] }),
    ...(realms && { realms: realms.length > 0 ? realms : [before.name] }),
    ...(options && { options: toChangedOptions(before, options) }),
    ...(metadata && { metadata: mergeMetadata(before.metadata ?? {}, metadata) }),
    extra: mergeExtra(before.extra, extra),
  };
  state.connections.put(connection);
  return connection;
}

/** Enables or disables a connection for clients. Throws 400 and 404. */
export function setEnabledClients(
  { state }: Deps,
  id: string | undefined,
  changes: readonly { readonly client_id: string; readonly status: boolean }[],
): void {
  const connection = requireConnection({ state }, id);
  const enabled = new Set(connection.enabled_clients);
  requireClients(
    { state },
    changes.flatMap(({ client_id, status }) => (status ? [client_id] : [])),
  );
  for (const { client_id, status } of changes) {
    if (status) enabled.add(client_id);
    else enabled.delete(client_id);
  }
  state.connections.put({ ...connection, enabled_clients: [...enabled] });
}

function toChangedOptions(
  { strategy, options: before }: Connection,
  given: NonNullable<UpdateConnectionBody['options']>,
): ConnectionOptions {
  const options = toOptions(given);
  checkOptions(options, before);
  return refillOptions(strategy, deriveOptions(strategy, options));
}

/** For the options that rules read, null is the same as absent. */
function toOptions(options: NonNullable<UpdateConnectionBody['options']>): ConnectionOptions {
  const rules = [
    'password_complexity_options',
    'password_history',
    'password_dictionary',
    'password_no_personal_info',
    'validation',
  ];
  const entries = Object.entries(options).filter(([name, value]) => value !== null || !rules.includes(name));
  // Without null members, the value has the type of the option.
  return Object.fromEntries(entries) as ConnectionOptions;
}

function requireClients({ state }: Deps, ids: readonly string[]): void {
  const unknown = ids.filter((id) => !state.clients.get(id));
  if (unknown.length > 0)
    throw managementError(400, `The client does not exist: ${unknown.join(', ')}`, {
      errorCode: 'inexistent_client',
    });
}
