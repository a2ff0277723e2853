import type { Connection } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import { bareError, databaseError, oauthError } from '../wire/errors.ts';
import type { Parameters } from '../wire/parameters.ts';
import { isEmailAddress, isPhoneNumber } from './addresses.ts';

type Profile = Pick<
  Partial<User>,
  'given_name' | 'family_name' | 'name' | 'nickname' | 'picture' | 'user_metadata'
>;

export interface SignupRequest {
  readonly email?: string | undefined;
  readonly username?: string | undefined;
  readonly phone_number?: string | undefined;
  readonly password: string;
  /** The profile members that the request contains. */
  readonly given: Profile;
}

const PROFILE_FIELDS = ['given_name', 'family_name', 'name', 'nickname', 'picture'] as const;
const USERNAME_PATTERN = /^[\w.+\-!#$'^`~@]+$/;
const METADATA = { maxKeys: 10, maxName: 100, maxValue: 500 };

/** Parses a sign-up request. Throws 400 if a member is missing or malformed. */
export function parseSignup(connection: Connection, body: Parameters): SignupRequest {
  const account = parseAccount(connection, body);
  const password = body.text('password');
  if (password === undefined) throw bareError(400, 'password is required');
  return { ...account, password };
}

/** The part of a sign-up request that describes the user. Throws 400 if a member is missing or malformed. */
export function parseAccount(connection: Connection, body: Parameters): Omit<SignupRequest, 'password'> {
  const email = body.text('email')?.toLowerCase();
  const username = body.text('username');
  const phone_number = body.text('phone_number');
  requireIdentifier(connection, { email, username, phone_number });
  const given: Record<string, unknown> = {};
  for (const field of PROFILE_FIELDS) {
    const value = body.text(field);
    if (value !== undefined && value.length > 2048) throw malformed(field);
    if (value !== undefined) given[field] = value;
  }
  const user_metadata = parseMetadata(body.raw('user_metadata'));
  if (user_metadata) given.user_metadata = user_metadata;
  return { email, username, phone_number, given };
}

type Identifiers = Pick<SignupRequest, 'email' | 'username' | 'phone_number'>;

function requireIdentifier(
  { name, options }: Connection,
  { email, username, phone_number }: Identifiers,
): void {
  if (options.requires_username === true && username === undefined) {
    throw bareError(400, `missing username for ${name} connection with requires_username enabled`, {
      hint: 'username_required',
    });
  }
  if (email === undefined && username === undefined && phone_number === undefined)
    throw bareError(400, 'email is required');
  if (email !== undefined && !isEmailAddress(email)) throw malformed('email');
  if (phone_number !== undefined && !isPhoneNumber(phone_number)) throw malformed('phone_number');
  const { min, max } = options.validation?.username ?? { min: 1, max: 15 };
  const fits = username === undefined || (username.length >= min && username.length <= max);
  if (!fits || (username !== undefined && !USERNAME_PATTERN.test(username))) throw malformed('username');
}

function parseMetadata(value: unknown): Record<string, unknown> | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw malformed('user_metadata');
  const entries = Object.entries(value);
  const fits = ([name, entry]: [string, unknown]): boolean =>
    name.length <= METADATA.maxName && typeof entry === 'string' && entry.length <= METADATA.maxValue;
  if (entries.length > METADATA.maxKeys || !entries.every(fits)) throw malformed('user_metadata');
  return Object.fromEntries(entries);
}

const malformed = (field: string) =>
  field === 'user_metadata'
    ? oauthError(400, 'invalid_request', 'user_metadata: at most 10 strings of 500 characters')
    : databaseError('BadRequestError', `invalid_${field}`, `${field} format validation failed`);
