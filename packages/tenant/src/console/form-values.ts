import { digest } from '../lib/random.ts';
import { ConsoleRefusal, type Visit } from './console-page.ts';

/**
 * What the inputs of a form hold, by the Management API's name: a text, a number, a switch, or a list with one value per
 * line or tick.
 */
export type FormValues = Readonly<Record<string, string | number | boolean | readonly string[]>>;

type FormValue = FormValues[string];

/** How a form sends a value. */
export function toFieldText(value: FormValue): string {
  if (typeof value === 'boolean') return value ? 'yes' : '';
  return typeof value === 'object' ? value.join('\n') : String(value);
}

/** The values of a field: one per line, or one per ticked box. */
export const linesOf = (text = ''): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Identifies the stored values that a form was filled with. */
export const versionOf = (values: FormValues): string => digest(JSON.stringify(values)).slice(0, 22);

/**
 * What a form changes: the submitted values that differ from the stored ones, with the stored one's type. A number that is
 * none stays a text, so that the Management API refuses it; a text that the form does not send is unchanged. Throws 409 if the
 * stored values have changed since the form was filled.
 */
export function readChanges(
  { fields }: Pick<Visit, 'fields'>,
  stored: FormValues,
): Record<string, FormValue> {
  const changed = Object.entries(stored).flatMap(([name, before]) => {
    const text = fields[name];
    if (text === undefined && (typeof before === 'string' || typeof before === 'number')) return [];
    const value = toValue(text ?? '', before);
    return toFieldText(value) === toFieldText(before).trim() ? [] : [[name, value] as const];
  });
  if (fields['seen'] !== versionOf(stored))
    throw new ConsoleRefusal(
      'These settings have changed since the page was loaded, and nothing has been saved. Your input is still in the form: save it again to overwrite the change.',
      409,
    );
  return Object.fromEntries(changed);
}

function toValue(text: string, before: FormValue): FormValue {
  if (typeof before === 'boolean') return text === 'yes';
  if (typeof before === 'object') return linesOf(text);
  const trimmed = text.replaceAll('\r', '').trim();
  return typeof before === 'number' && /^\d+(?:\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed;
}

/** The members whose names are listed, taken out of a form's changes; undefined if there are none. */
export function pickChanges(
  changes: Readonly<Record<string, FormValue>>,
  names: readonly string[],
): Record<string, FormValue> | undefined {
  const picked = Object.entries(changes).filter(([name]) => names.includes(name));
  return picked.length === 0 ? undefined : Object.fromEntries(picked);
}
