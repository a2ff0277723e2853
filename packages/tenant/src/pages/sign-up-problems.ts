import type { IdentifierKind } from '../authorization/client-connections.ts';
import type { WireError } from '../wire/errors.ts';

/** What is wrong with a sign-up, in sentences for people: of its fields, or of the whole. */
export interface SignUpProblems {
  readonly problems?: Partial<Record<IdentifierKind | 'password', string>>;
  readonly error?: string;
}

/** What a field needs: said where it is empty, and where it holds something else. */
const wanted: Readonly<Record<IdentifierKind | 'password', string>> = {
  email: 'Enter an email address, such as name@example.com.',
  username: 'Enter a username of letters and digits, short and without spaces.',
  phone_number: 'Enter a phone number with the country code.',
  password: 'Enter a password.',
};

/** The fields that are empty; undefined where none is. */
export function toEmptyFields(
  fields: readonly IdentifierKind[],
  read: (name: string) => string | undefined,
): SignUpProblems | undefined {
  const empty = [...fields, 'password' as const].filter((name) => read(name) === undefined);
  if (empty.length === 0) return undefined;
  return { problems: Object.fromEntries(empty.map((name) => [name, wanted[name]])) };
}

/** The refusal of a sign-up for another reason than its password. */
export function toSignUpProblems({ body, message }: WireError): SignUpProblems {
  const code: unknown = typeof body === 'object' ? Reflect.get(body, 'code') : undefined;
  if (code === 'invalid_email') return { problems: { email: wanted.email } };
  if (code === 'invalid_username') return { problems: { username: wanted.username } };
  // It must not tell whether there is such a user.
  if (code === 'invalid_signup')
    return { error: 'This account cannot be made. If you have one already, sign in instead.' };
  return { error: message };
}
