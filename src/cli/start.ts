import { readConfig } from '../config/read-config.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { complain } from './output.ts';

/** `start`: the gateway, until it is told to stop. */
export async function start(isJson: boolean): Promise<ExitCode | undefined> {
  const read = readConfig(process.env, { cwd: process.cwd() });
  if (!read.ok) {
    complain(isJson, read.faults);
    return exitCodes.configuration;
  }
  const { run } = await import('../main.ts');
  await run(process.env);
  return undefined;
}
