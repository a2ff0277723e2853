import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { EXIT_CODES } from '../startup/exit-codes.ts';

// Before large modules are loaded, so that they are compiled only once.
enableCompileCache(join(import.meta.dirname, '../../build/compile-cache'));
const { CommanderError } = await import('commander');
const { createProgram } = await import('./program.ts');

// Results go to stdout, everything else to stderr. `exitCode` instead of `exit()`, so that pipes are written out.
try {
  await createProgram().parseAsync(process.argv);
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT_CODES.fine : EXIT_CODES.usage;
}
