import { z } from 'zod';
import { type Fault, quote, quoteSecret } from './faults.ts';
import type { GivenVariables } from './read-variables.ts';
import { RULES } from './rules.ts';
import { toRawValues } from './settings.ts';
import { toFormFault, type Variable } from './value-schemas.ts';
import { VARIABLE_NAMES, VARIABLES, type Values, type VariableName } from './variables.ts';

/** The schema of the whole environment. */
export const environmentSchema = z.object(
  Object.fromEntries(VARIABLE_NAMES.map((name) => [name, VARIABLES[name].value.optional()])),
);

export interface ParsedVariables {
  /** The valid values; all of `Values` if there is no fault. */
  readonly values: Partial<Values>;
  readonly faults: readonly Fault[];
}

/** Parses every value and checks every rule, so that all faults are reported together. */
export function parseVariables(given: GivenVariables): ParsedVariables {
  const raw = toRawValues(given);
  const isGiven = (name: VariableName): boolean => given.values.has(name);
  const seen = (name: VariableName): string => {
    const row: Variable = VARIABLES[name];
    const value = raw[name];
    if (value === undefined) return 'nothing';
    if (row.isSecret) return quoteSecret(value);
    return isGiven(name) ? quote(value, given.secrets) : `${quote(value, given.secrets)} (the default)`;
  };

  const wanted = new Map<string, string>();
  for (const [name, { value }] of given.values) {
    const row: Variable = VARIABLES[name];
    const fault = value && toFormFault(row.hasLines ? value.replaceAll(/^[\r\n]+|[\r\n]+$/g, '') : value);
    if (fault) wanted.set(name, fault);
  }
  const whole = environmentSchema.safeParse(raw);
  for (const { path, message } of whole.error?.issues ?? []) {
    const name = String(path[0]);
    // A fault of the form explains more than a fault of the content.
    if (!wanted.has(name)) wanted.set(name, message);
  }
  const valid = Object.fromEntries(Object.entries(raw).filter(([name]) => !wanted.has(name)));
  // The schema is made of the same rows as the type, and optional throughout.
  const values = environmentSchema.parse(valid) as Partial<Values>;

  const broken = RULES.filter((rule) => rule.isBroken({ values, isGiven }));
  const faults = [
    ...given.faults,
    // A default is invalid only if it follows from a faulty variable, which is reported already.
    ...VARIABLE_NAMES.flatMap((name) => {
      const expected = wanted.get(name);
      return expected !== undefined && isGiven(name) ? [{ name, seen: seen(name), wanted: expected }] : [];
    }),
    ...broken.map(({ name, wanted: expected }) => ({ name, seen: seen(name), wanted: expected })),
  ];
  return { values, faults };
}
