import { mayUseConnection } from '../authorization/client-connections.ts';
import type { TenantContext } from '../context.ts';
import type { Client } from '../state/settings-documents.ts';
import type { Parameters } from '../wire/parameters.ts';
import { isPasswordless, type PasswordlessConnection, toAddress } from './passwordless-connection.ts';
import { bad, missing } from './passwordless-errors.ts';

export interface StartRequest {
  readonly connection: PasswordlessConnection;
  readonly address: string;
  readonly send: 'code' | 'link';
  /** Parameters of the magic link's authorize request. */
  readonly authParams: Readonly<Record<string, string>>;
}

const MAX_AUTH_PARAMS = 8192;

const KNOWN: ReadonlySet<string> = new Set(
  `client_id client_secret client_assertion client_assertion_type connection email phone_number send authParams
  organization`.split(/\s+/),
);

/** Parses a request to start a passwordless sign-in. Throws 400 with a code `bad.*`. */
export function parseStart(context: TenantContext, body: Parameters, client: Client): StartRequest {
  const connection = requireConnection(context, body, client);
  const [unknown] = body.names().filter((name) => !KNOWN.has(name));
  if (unknown !== undefined) throw bad('request', `the following properties are not allowed: ${unknown}`);
  const address = requireAddress(body, connection);
  const send = body.raw('send') ?? 'link';
  if (send !== 'code' && send !== 'link')
    throw bad('request', `error in send - No enum match for: ${String(body.raw('send'))}`);
  const isLink = connection.strategy === 'email' && send === 'link';
  return {
    connection,
    address,
    send: isLink ? 'link' : 'code',
    authParams: parseAuthParams(body.raw('authParams')),
  };
}

function requireConnection(
  { state }: TenantContext,
  body: Parameters,
  client: Client,
): PasswordlessConnection {
  const name = body.text('connection');
  if (name === undefined) throw missing('connection');
  const [connection] = state.connections.find('name', name);
  const refuse = (why: string) => bad('connection', why, 'passwordless_connection');
  if (!connection) throw refuse('Connection does not exist');
  if (!isPasswordless(connection))
    throw refuse('Invalid connection strategy. It must either be a passwordless connection');
  if (!mayUseConnection(client, connection)) throw refuse('Connection is disabled');
  return connection;
}

function requireAddress(body: Parameters, connection: PasswordlessConnection): string {
  const name = connection.strategy === 'email' ? 'email' : 'phone_number';
  const given = body.raw(name);
  if (given === undefined || given === null || given === '') throw missing(name);
  const address = typeof given === 'string' ? toAddress(connection, given) : undefined;
  if (address !== undefined) return address;
  throw name === 'email'
    ? bad(name, 'error in email - email format validation failed')
    : bad(name, 'String does not match pattern: ^\\+[0-9]{1,15}$');
}

function parseAuthParams(given: unknown): Record<string, string> {
  if (given === undefined || given === null) return {};
  if (typeof given !== 'object' || Array.isArray(given)) {
    const type = Array.isArray(given) ? 'array' : typeof given;
    throw bad('authParams', `error in authParams - invalid type: ${type} (expected object)`);
  }
  const entries = Object.entries(given).filter(([, value]) => value !== undefined && value !== null);
  const odd = entries.find(([, value]) => typeof value !== 'string' && typeof value !== 'number');
  if (odd) throw bad('authParams', `error in authParams - ${odd[0]} must be a string`);
  const texts = entries.map(([name, value]): [string, string] => [name, String(value)]);
  if (JSON.stringify(texts).length > MAX_AUTH_PARAMS)
    throw bad('authParams', 'error in authParams - too long to be sent in a link');
  return Object.fromEntries(texts);
}
