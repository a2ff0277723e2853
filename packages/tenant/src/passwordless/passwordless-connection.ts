import type { TenantContext } from '../context.ts';
import { signInConnections } from '../organizations/organization-connections.ts';
import type { Client, Connection } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import { isEmailAddress, isPhoneNumber } from '../users/addresses.ts';

/** A connection that signs users in by a code or link. */
export interface PasswordlessConnection extends Connection {
  readonly strategy: 'email' | 'sms';
}

export const isPasswordless = (connection: Connection | undefined): connection is PasswordlessConnection =>
  connection?.strategy === 'email' || connection?.strategy === 'sms';

/** The passwordless connection with a name, if the client, or the organization of the sign-in, has it. */
export function findPasswordless(
  context: Pick<TenantContext, 'state'>,
  client: Client,
  name: string,
  organization?: { readonly id: string },
): PasswordlessConnection | undefined {
  const connection = signInConnections(context, client, organization).find((one) => one.name === name);
  return isPasswordless(connection) ? connection : undefined;
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
