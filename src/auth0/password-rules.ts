import { z } from 'zod';

/** A rule of a password policy, and whether the password meets it. */
export interface PasswordRule {
  readonly code: string;
  readonly message: string;
  readonly satisfied: boolean;
}

const ruleCode = z.string().regex(/^[A-Za-z]{1,40}$/);
/** The numbers of the rule; examples among them, such as `aaa`, are text of the tenant and are discarded. */
const format = z
  .array(z.unknown())
  .max(4)
  .catch([])
  .transform((values) =>
    values.filter((value) => Number.isInteger(value) && Number(value) < 1000).map(Number),
  );
const item = z.object({ code: ruleCode, verified: z.boolean(), format });
const strength = z.object({
  rules: z.array(item.extend({ items: z.array(item).max(10).catch([]) })).max(10),
});

/** The text for each of Auth0's rule codes; the tenant's own text never reaches a caller. */
const SENTENCES = new Map<string, (numbers: readonly number[]) => string>(
  Object.entries({
    lengthAtLeast: ([n]: readonly number[]) => `At least ${n ?? 8} characters`,
    containsAtLeast: ([n, of]: readonly number[]) =>
      `At least ${n ?? 3} of these ${of ?? 4} kinds of characters`,
    shouldContain: () => 'Each of these kinds of characters',
    identicalChars: ([n]: readonly number[]) => `No more than ${n ?? 2} identical characters in a row`,
    lowerCase: () => 'Lower case letters (a-z)',
    upperCase: () => 'Upper case letters (A-Z)',
    numbers: () => 'Digits (0-9)',
    specialCharacters: () => 'Special characters (such as !@#$%^&*)',
  }),
);

const toRule = ({ code, verified, format: numbers }: z.output<typeof item>): PasswordRule => ({
  code,
  message: SENTENCES.get(code)?.(numbers) ?? 'A rule of this account store',
  satisfied: verified,
});

/** The rules in the `description` of a PasswordStrengthError, as a flat list; empty for any other shape. */
export function toPasswordRules(description: unknown): PasswordRule[] {
  const parsed = strength.safeParse(description);
  if (!parsed.success) return [];
  return parsed.data.rules.flatMap((rule) => [toRule(rule), ...rule.items.map(toRule)]);
}
