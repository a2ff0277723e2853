import { WireError } from '../wire/errors.ts';

/** What to tell somebody whose password was refused, by the name of the refusal. */
const problems: Readonly<Record<string, string>> = {
  PasswordStrengthError: 'This password is too weak.',
  PasswordDictionaryError: 'This password is too common.',
  PasswordNoUserInfoError: 'Leave your name and address out of the password.',
  PasswordHistoryError: 'You have used this password before.',
};

/** The refusal of a password in words for its field; undefined where the error is about something else. */
export function toPasswordProblem(error: unknown): string | undefined {
  if (!(error instanceof WireError) || typeof error.body !== 'object') return undefined;
  if (Reflect.get(error.body, 'code') === 'password_leaked')
    return 'This password has been leaked from another site. Choose a different one.';
  const name: unknown = Reflect.get(error.body, 'name');
  return typeof name === 'string' ? problems[name] : undefined;
}
