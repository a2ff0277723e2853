import { mask, maskCredentials, mayBeSecret, toVisible } from './mask.ts';
import { type GivenVariables, type Origin } from './read-variables.ts';
import type { RawValues, Variable } from './variable.ts';
import { type VariableName, variableNames, variables } from './variables.ts';

/** One variable as it is in force. Safe to show. */
export interface Setting {
  readonly name: VariableName;
  /** Masked; null where there is neither a value nor a default that can be written. */
  readonly value: string | null;
  readonly origin: Origin;
  /** Where the origin is a file: its path. */
  readonly file?: string;
}

/** The given values, completed by the defaults. */
export function toRawValues(given: GivenVariables): RawValues {
  const raw: Record<string, string | undefined> = {};
  for (const name of variableNames) {
    const row: Variable = variables[name];
    const found = given.values.get(name);
    if (found) raw[name] = found.value;
    else raw[name] = typeof row.default === 'function' ? row.default(raw) : row.default;
  }
  return raw;
}

/** Every variable with its value in force and where it came from. */
export function toSettings(given: GivenVariables): Setting[] {
  const raw = toRawValues(given);
  return variableNames.map((name) => {
    const row: Variable = variables[name];
    const value = raw[name];
    const shown =
      value === undefined
        ? null
        : row.isSecret
          ? '***'
          : toVisible(maskCredentials(mask(value, given.secrets)));
    const { origin = 'default', file } = given.values.get(name) ?? {};
    if (file === undefined) return { name, value: shown, origin };
    const path = row.isSecret && mayBeSecret(file) ? '***' : toVisible(mask(file, given.secrets));
    return { name, value: shown, origin, file: path };
  });
}
