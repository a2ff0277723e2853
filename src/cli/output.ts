import { type Fault, toFaultLines } from '../config/faults.ts';
import type { ConfigWarning } from '../config/settings.ts';
import { EXIT_CODES, type ExitCode } from '../startup/exit-codes.ts';

/** Writes a result to stdout: JSON, or lines of text. */
export function tell(isJson: boolean, result: unknown, lines: () => readonly string[]): void {
  const text = isJson ? JSON.stringify(result, null, 2) : lines().join('\n');
  process.stdout.write(`${text}\n`);
}

/** Writes progress, warnings and errors to stderr. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`);

export const sayWarnings = (warnings: readonly ConfigWarning[]): void =>
  warnings.forEach(({ message }) => say(`warning: ${message}`));

/** Errors that the user can fix, by class name. */
const ACTIONABLE = new Set([
  'DataVersionError',
  'GazetteerError',
  'GeoNamesError',
  'InputError',
  'ManagementRefusal',
  'NoTenantData',
  'NoTenantPackage',
  'ProvisionError',
  'SeedError',
  'TransferError',
]);

/** Prints an error that the user can fix, one line per fault; throws any other. */
export function tellFailure(isJson: boolean, error: unknown): ExitCode {
  if (!(error instanceof Error && ACTIONABLE.has(error.name))) throw error;
  const faults = error.message.split('\n');
  faults.forEach(say);
  if (isJson) tell(true, { ok: false, faults }, () => []);
  return EXIT_CODES.failure;
}

/** Prints configuration faults to stderr, and with `--json` to stdout. */
export function complain(isJson: boolean, faults: readonly Fault[]): void {
  toFaultLines(faults).forEach(say);
  if (isJson) tell(true, { ok: false, faults }, () => []);
}
