import type { IdentifierKind } from '../authorization/client-connections.ts';
import type { WireError } from '../wire/errors.ts';

/** Error texts of a sign-up, by field or for the whole form. */
export interface SignUpProblems {
  readonly problems?: Partial<Record<IdentifierKind | 'password', string>>;
  readonly error?: string;
}

/** The text for an empty or invalid field. */
const WANTED: Readonly<Record<IdentifierKind | 'password', string>> = {
  email: 'Enter an email address, such as name@example.com.',
  username: 'Enter a username of letters and digits, short and without spaces.',
  phone_number: 'Enter a phone number with the country code.',
  password: 'Enter a password.',
};

/** The errors of empty fields; undefined if no field is empty. */
export function toEmptyFields(
  fields: readonly IdentifierKind[],
  read: (name: string) => string | undefined,
): SignUpProblems | undefined {
  const empty = [...fields, 'password' as const].filter((name) => read(name) === undefined);
  if (empty.length === 0) return undefined;
  return { problems: Object.fromEntries(empty.map((name) => [name, WANTED[name]])) };
}

/** The error texts of a refused sign-up, except for the password's. */
export function toSignUpProblems({ body, message }: WireError): SignUpProblems {
  const code: unknown = typeof body === 'object' ? Reflect.get(body, 'code') : undefined;
  if (code === 'invalid_email') return { problems: { email: WANTED.email } };
  if (code === 'invalid_username') return { problems: { username: WANTED.username } };
  // The text must not reveal whether the user exists.
  if (code === 'invalid_signup')
    return { error: 'The account could not be created. If you already have an account, sign in instead.' };
  const friendly: unknown = typeof body === 'object' ? Reflect.get(body, 'friendly_message') : undefined;
  return { error: typeof friendly === 'string' ? friendly : message };
}
