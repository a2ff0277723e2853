import { mayUseConnection } from '../authorization/client-connections.ts';
import type { TenantContext } from '../context.ts';
import type { Client, Connection } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import { isEmailAddress, isPhoneNumber } from '../users/addresses.ts';

/** A connection that signs users in by a code or link. */
export interface PasswordlessConnection extends Connection {
  readonly strategy: 'email' | 'sms';
}

export const isPasswordless = (connection: Connection | undefined): connection is PasswordlessConnection =>
  connection?.strategy === 'email' || connection?.strategy === 'sms';

/** The passwordless connection with a name, if the client may use it. */
export function findPasswordless(
  { state }: Pick<TenantContext, 'state'>,
  client: Client,
  name: string,
): PasswordlessConnection | undefined {
  const [connection] = state.connections.find('name', name);
  return isPasswordless(connection) && mayUseConnection(client, connection) ? connection : undefined;
}

/** The normalized address; undefined if it is not valid for the connection. */
export function toAddress({ strategy }: PasswordlessConnection, text: string): string | undefined {
  if (strategy === 'sms') return isPhoneNumber(text) ? text : undefined;
  return isEmailAddress(text) ? text.toLowerCase() : undefined;
}

/** The profile members of a verified address. */
export const verifiedProfile = (
  { strategy }: PasswordlessConnection,
  address: string,
): Partial<Pick<User, 'email' | 'email_verified' | 'phone_number' | 'phone_verified'>> =>
  strategy === 'email'
    ? { email: address, email_verified: true }
    : { phone_number: address, phone_verified: true };
