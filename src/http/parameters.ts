import { GatewayError } from '../errors.ts';

const MAX_PARAMETERS = 100;

/**
 * Parses a raw query or a form: a name given once becomes a string, a repeated name an array, which no schema accepts.
 * @throws GatewayError `validation_failed` for more than 100 parameters
 */
export function parseParameters(text: string): Record<string, string | string[]> {
  const found: Record<string, string | string[]> = Object.create(null);
  if (text === '') return found;
  const parameters = new URLSearchParams(text);
  if (parameters.size > MAX_PARAMETERS) {
    const message = `at most ${MAX_PARAMETERS} parameters`;
    throw new GatewayError('validation_failed', { errors: [{ path: '', message }] });
  }
  for (const [name, value] of parameters) {
    const before = found[name];
    if (before === undefined) found[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else found[name] = [before, value];
  }
  return found;
}
