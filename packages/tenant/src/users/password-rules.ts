import { format } from 'node:util';
import type { ConnectionOptions, PasswordPolicyLevel } from '../state/settings-documents.ts';

/** A password rule in the format of Auth0's responses; `format` fills the `%d` of the message. */
export interface ExplainedRule {
  readonly message: string;
  readonly format?: readonly (number | string)[];
  readonly code: string;
  readonly verified: boolean;
  readonly items?: readonly { readonly message: string; readonly code: string; readonly verified: boolean }[];
}

interface CharacterSet {
  readonly message: string;
  readonly code: string;
  readonly test: RegExp;
}

const CHARACTER_SETS: readonly CharacterSet[] = [
  { message: 'lower case letters (a-z)', code: 'lowerCase', test: /[a-z]/ },
  { message: 'upper case letters (A-Z)', code: 'upperCase', test: /[A-Z]/ },
  { message: 'numbers (i.e. 0-9)', code: 'numbers', test: /\d/ },
  { message: 'special characters (e.g. !@#$%^&*)', code: 'specialCharacters', test: /[ -/:-@[-`{-~]/ },
];

interface Level {
  readonly minLength: number;
  /** The character sets, and how many of them are required; all if `atLeast` is absent. */
  readonly sets?: { readonly of: readonly CharacterSet[]; readonly atLeast?: number };
  readonly maxIdentical?: number;
}

const THREE_OF_FOUR = { of: CHARACTER_SETS, atLeast: 3 };

const LEVELS: Readonly<Record<PasswordPolicyLevel, Level>> = {
  none: { minLength: 1 },
  low: { minLength: 6 },
  fair: { minLength: 8, sets: { of: CHARACTER_SETS.slice(0, 3) } },
  good: { minLength: 8, sets: THREE_OF_FOUR },
  excellent: { minLength: 10, sets: THREE_OF_FOUR, maxIdentical: 2 },
};

/** Checks a password against the connection's policy and returns every rule with its result. */
export function explainPassword(options: ConnectionOptions, password: string): ExplainedRule[] {
  const { minLength, sets, maxIdentical } = LEVELS[options.passwordPolicy ?? 'none'];
  const wanted = options.password_complexity_options?.min_length ?? minLength;
  const rules: ExplainedRule[] = [lengthRule(wanted, password)];
  if (sets) rules.push(setsRule(sets, password));
  if (maxIdentical !== undefined) rules.push(identicalRule(maxIdentical, password));
  return rules;
}

function lengthRule(minLength: number, password: string): ExplainedRule {
  const verified = password.length >= minLength;
  if (minLength === 1) return { message: 'Non-empty password required', code: 'nonEmpty', verified };
  return {
    message: 'At least %d characters in length',
    format: [minLength],
    code: 'lengthAtLeast',
    verified,
  };
}

function setsRule({ of, atLeast }: NonNullable<Level['sets']>, password: string): ExplainedRule {
  const items = of.map(({ message, code, test }) => ({ message, code, verified: test.test(password) }));
  const kept = items.filter((item) => item.verified).length;
  if (atLeast === undefined)
    return { message: 'Should contain:', code: 'shouldContain', verified: kept === of.length, items };
  return {
    message: 'Contain at least %d of the following %d types of characters:',
    code: 'containsAtLeast',
    format: [atLeast, of.length],
    items,
    verified: kept >= atLeast,
  };
}

const identicalRule = (max: number, password: string): ExplainedRule => ({
  message: 'No more than %d identical characters in a row (e.g., "%s" not allowed)',
  code: 'identicalChars',
  format: [max, 'a'.repeat(max + 1)],
  verified: !new RegExp(`(.)\\1{${max},}`, 's').test(password),
});

/** The policy as text: one bullet for each rule, with indented bullets for its items. */
export const policyText = (rules: readonly ExplainedRule[]): string =>
  rules
    .flatMap((rule) => [
      `* ${format(rule.message, ...(rule.format ?? []))}`,
      ...(rule.items ?? []).map((item) => ` * ${item.message}`),
    ])
    .join('\n');
