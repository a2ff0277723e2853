import type { AttackProtection, Connection } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import { databaseError, type WireError } from '../wire/errors.ts';
import { COMMON_PASSWORDS } from './common-passwords.ts';
import { explainPassword, policyText } from './password-rules.ts';

const HINT = 'password_policy';

/** The personal data that a password must not contain, if the connection forbids it. */
export type PersonalInfo = {
  readonly [K in 'email' | 'username' | 'name' | 'nickname' | 'user_metadata']?: User[K] | undefined;
};

/** Throws if the connection's password policy does not accept the password. */
export function checkNewPassword(
  connection: Connection,
  protection: AttackProtection | undefined,
  password: string,
  owner: PersonalInfo,
): void {
  const refusal =
    refuseWeak(connection, password) ??
    refuseCommon(connection, password) ??
    refusePersonal(connection, password, owner) ??
    refuseLeaked(protection, password);
  if (refusal) throw refusal;
}

function refuseWeak({ options }: Connection, password: string): WireError | undefined {
  const rules = explainPassword(options, password);
  if (rules.every((rule) => rule.verified)) return undefined;
  return databaseError(
    'PasswordStrengthError',
    'invalid_password',
    { rules, verified: false },
    {
      hint: HINT,
      members: { message: 'Password is too weak', policy: policyText(rules) },
    },
  );
}

function refuseCommon({ options }: Connection, password: string): WireError | undefined {
  const { enable, dictionary = [] } = options.password_dictionary ?? { enable: false };
  const folded = password.toLowerCase();
  const isCommon = COMMON_PASSWORDS.has(folded) || dictionary.some((word) => word.toLowerCase() === folded);
  if (!enable || !isCommon) return undefined;
  const message = 'Password is too common';
  return databaseError('PasswordDictionaryError', 'invalid_password', message, {
    hint: HINT,
    members: { message },
  });
}

function refusePersonal(
  connection: Connection,
  password: string,
  owner: PersonalInfo,
): WireError | undefined {
  if (connection.options.password_no_personal_info?.enable !== true) return undefined;
  const { name, first, last } = owner.user_metadata ?? {};
  const parts = [
    owner.name,
    owner.nickname,
    owner.username,
    owner.email?.split('@', 1)[0],
    name,
    first,
    last,
  ];
  const folded = password.toLowerCase();
  const shows = (part: unknown): boolean =>
    typeof part === 'string' && part.length >= 3 && folded.includes(part.toLowerCase());
  if (!parts.some(shows)) return undefined;
  const message = 'Password contains user information';
  return databaseError('PasswordNoUserInfoError', 'invalid_password', message, {
    hint: HINT,
    members: { message },
  });
}

function refuseLeaked(protection: AttackProtection | undefined, password: string): WireError | undefined {
  const breached = protection?.breached_password_detection;
  const blocks = breached?.stage['pre-user-registration'].shields.includes('block') ?? false;
  if (!breached?.enabled || !blocks || !isLeaked(password)) return undefined;
  return databaseError('BadRequestError', 'password_leaked', 'Password has been leaked before.', {
    hint: 'password_leaked',
    logType: 'signup_pwd_leak',
  });
}

/** Auth0's prefix for breached-password tests: any password that starts with it counts as leaked. */
export const isLeaked = (password: string): boolean => password.startsWith('AUTH0-TEST-');
