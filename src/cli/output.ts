import { type Fault, toFaultLines } from '../config/faults.ts';
import type { ConfigWarning } from '../config/settings.ts';
import { EXIT_CODES, type ExitCode } from '../startup/exit-codes.ts';

/** Writes a result to stdout: JSON, or lines of text. */
export function printResult(isJson: boolean, result: unknown, lines: () => readonly string[]): void {
  const text = isJson ? JSON.stringify(result, null, 2) : lines().join('\n');
  process.stdout.write(`${text}\n`);
}

/** A number and what it counts: `1 change`, `2 changes`. */
export const counted = (number: number, one: string): string => `${number} ${one}${number === 1 ? '' : 's'}`;

/** Control characters but tabs and line breaks. */
const CONTROL = /[^\P{Cc}\t\n]/gu;

/** A printable text for a terminal: text of the tenant is untrusted, such as the name of a client. */
export const toPrintable = (text: string): string => text.replace(CONTROL, '\uFFFD');

/** Writes progress, warnings and errors to stderr. */
export const printMessage = (line: string): void => void process.stderr.write(`${toPrintable(line)}\n`);

/** Writes a line to stderr that may have colours: text of the tenant in it must be printable already. */
export const printStyled = (line: string): void => void process.stderr.write(`${line}\n`);

export const printWarnings = (warnings: readonly ConfigWarning[]): void =>
  warnings.forEach(({ message }) => printMessage(`warning: ${message}`));

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
  'UnknownFramework',
]);

/** Prints an error that the user can fix, one line per fault; throws any other. */
export function printFailure(isJson: boolean, error: unknown): ExitCode {
  if (!(error instanceof Error && ACTIONABLE.has(error.name))) throw error;
  const faults = error.message.split('\n');
  faults.forEach(printMessage);
  if (isJson) printResult(true, { ok: false, faults }, () => []);
  return EXIT_CODES.failure;
}

/** Prints an error that no command foresees. */
export function printUnexpected(isJson: boolean, error: unknown): ExitCode {
  const message = error instanceof Error ? error.message : String(error);
  printMessage(`gatehouse: ${message}`);
  if (isJson) printResult(true, { ok: false, faults: [message] }, () => []);
  return EXIT_CODES.failure;
}

/** Prints configuration faults to stderr, and with `--json` to stdout. */
export function printFaults(isJson: boolean, faults: readonly Fault[]): void {
  toFaultLines(faults).forEach(printMessage);
  if (isJson) printResult(true, { ok: false, faults }, () => []);
}
