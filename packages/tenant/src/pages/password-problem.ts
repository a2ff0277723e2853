import { WireError } from '../wire/errors.ts';

/** The text for a refused password, by the error's name. */
const PROBLEMS: Readonly<Record<string, string>> = {
  PasswordStrengthError: 'This password is too weak.',
  PasswordDictionaryError: 'This password is too common.',
  PasswordNoUserInfoError: 'The password must not contain your name or email address.',
  PasswordHistoryError: 'You have used this password before.',
};

/** The text for the password field; undefined if the error concerns something else. */
export function toPasswordProblem(error: unknown): string | undefined {
  if (!(error instanceof WireError) || typeof error.body !== 'object') return undefined;
  if (Reflect.get(error.body, 'code') === 'password_leaked')
    return 'This password has been leaked from another site. Choose a different one.';
  const name: unknown = Reflect.get(error.body, 'name');
  return typeof name === 'string' ? PROBLEMS[name] : undefined;
}
