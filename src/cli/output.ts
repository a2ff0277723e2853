import { type Fault, toFaultLines } from '../config/faults.ts';
import type { ConfigWarning } from '../config/settings.ts';
import { type ExitCode, exitCodes } from '../startup/exit-codes.ts';

/** Writes a result: one JSON text, or lines for people. */
export function tell(isJson: boolean, result: unknown, lines: () => readonly string[]): void {
  const text = isJson ? JSON.stringify(result, null, 2) : lines().join('\n');
  process.stdout.write(`${text}\n`);
}

/** Writes what is not a result: progress, warnings, complaints. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`);

export const sayWarnings = (warnings: readonly ConfigWarning[]): void =>
  warnings.forEach(({ message }) => say(`warning: ${message}`));

/** Failures that a person can act on, by the names of their classes. */
const actionable = new Set([
  'InputError',
  'ManagementRefusal',
  'NoTenantData',
  'NoTenantPackage',
  'SeedError',
  'TransferError',
]);

/** Tells a failure that a person can act on, a line for each fault; throws any other. */
export function tellFailure(isJson: boolean, error: unknown): ExitCode {
  if (!(error instanceof Error && actionable.has(error.name))) throw error;
  const faults = error.message.split('\n');
  faults.forEach(say);
  if (isJson) tell(true, { ok: false, faults }, () => []);
  return exitCodes.failure;
}

/** Complains about a configuration that a command cannot work with: faults on stderr, and as JSON on stdout. */
export function complain(isJson: boolean, faults: readonly Fault[]): void {
  toFaultLines(faults).forEach(say);
  if (isJson) tell(true, { ok: false, faults }, () => []);
}
