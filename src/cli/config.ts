import { toFaultLines } from '../config/faults.ts';
import { EXIT_CODES, type ExitCode } from '../startup/exit-codes.ts';
import { readSources } from '../startup/read-sources.ts';
import { printFaults, printResult, printWarnings } from './output.ts';

const read = () => readSources(process.env, { cwd: process.cwd() });

/** `config print`: every variable with its effective value, secrets masked, and its source. */
export async function printConfig(isJson: boolean): Promise<ExitCode> {
  const answer = await read();
  printWarnings(answer.warnings);
  if (!answer.ok) {
    printFaults(isJson, answer.faults);
    return EXIT_CODES.configuration;
  }
  const { settings, warnings } = answer;
  printResult(isJson, { ok: true, settings, warnings }, () => {
    const nameWidth = Math.max(...settings.map(({ name }) => name.length));
    const valueWidth = Math.min(48, Math.max(...settings.map(({ value }) => value?.length ?? 0)));
    return settings.map(({ name, value, origin, file }) =>
      [name.padEnd(nameWidth), (value ?? '-').padEnd(valueWidth), origin, file ?? ''].join('  ').trimEnd(),
    );
  });
  return EXIT_CODES.fine;
}

/** `config check`: all faults of the configuration. */
export async function checkConfig(isJson: boolean): Promise<ExitCode> {
  const answer = await read();
  const { ok, warnings } = answer;
  const faults = answer.ok ? [] : answer.faults;
  printWarnings(warnings);
  printResult(isJson, { ok, faults, warnings }, () =>
    ok ? ['The configuration is valid.'] : toFaultLines(faults),
  );
  return ok ? EXIT_CODES.fine : EXIT_CODES.configuration;
}
