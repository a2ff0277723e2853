import { EXIT_CODES, type ExitCode } from '../startup/exit-codes.ts';
import { readSources } from '../startup/read-sources.ts';
import { printFaults, printWarnings } from './output.ts';

/** `start`: runs the gateway until it is stopped. */
export async function start(isJson: boolean): Promise<ExitCode | undefined> {
  const read = await readSources(process.env, { cwd: process.cwd() });
  printWarnings(read.warnings);
  if (!read.ok) {
    printFaults(isJson, read.faults);
    return EXIT_CODES.configuration;
  }
  const { run } = await import('../main.ts');
  await run(read);
  return undefined;
}
