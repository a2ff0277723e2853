import path from 'node:path';
import { readConfig } from '../../config/read-config.ts';
import { EXIT_CODES, type ExitCode } from '../../startup/exit-codes.ts';
import { confirm } from '../confirm.ts';
import { printFailure, printFaults, printMessage, printResult } from '../output.ts';
import { type BackupPart, type Databases, readBackup, restoreBackup, writeBackup } from './backup-file.ts';

/** Runs `work` with the databases of the configuration. Errors of the configuration or the input go to stderr. */
async function withDatabases(
  isJson: boolean,
  work: (databases: Databases) => ExitCode | Promise<ExitCode>,
): Promise<ExitCode> {
  const read = readConfig(process.env, { cwd: process.cwd() });
  if (!read.ok) {
    printFaults(isJson, read.faults);
    return EXIT_CODES.configuration;
  }
  if (read.config.store.kind !== 'sqlite')
    printMessage('note: STORE_URL is not a SQLite file; its sessions are not part of backups.');
  try {
    return await work(read.files.databases);
  } catch (error) {
    return printFailure(isJson, error);
  }
}

const toLine = (databases: Databases, { name, bytes, schemaVersion }: BackupPart): string =>
  `${name}: ${databases[name]} (${bytes} bytes, schema version ${schemaVersion})`;

/** `backup`: the SQLite store and the embedded tenant's data in one file. */
export const backUp = (isJson: boolean, file: string): Promise<ExitCode> =>
  withDatabases(isJson, (databases) => {
    const target = path.resolve(file);
    const parts = writeBackup(target, databases);
    printResult(isJson, { ok: true, file: target, parts }, () => [
      `Wrote ${target}:`,
      ...parts.map((part) => `  ${toLine(databases, part)}`),
    ]);
    printMessage(
      'The file contains sealed sessions and, of the embedded tenant, keys and client secrets: keep it private.',
    );
    return EXIT_CODES.fine;
  });

/** `restore`: replaces the databases by those of a backup. Asks for confirmation unless `isSure`. */
export const restore = (isJson: boolean, file: string, isSure: boolean): Promise<ExitCode> =>
  withDatabases(isJson, async (databases) => {
    const source = path.resolve(file);
    const all = readBackup(source);
    const known = all.filter(({ name }) => databases[name] !== undefined);
    for (const { name } of all)
      if (!known.some((part) => part.name === name))
        printMessage(
          `note: the backup has a part for ${name}, which the configuration does not name as a file; it is left out.`,
        );
    if (known.length === 0) {
      printMessage('There is nothing to restore: set STORE_URL or TENANT_DATA to the file to restore.');
      return EXIT_CODES.failure;
    }
    const question = `Replace ${known.map(({ name }) => databases[name]).join(' and ')}?`;
    const answer = isSure || (await confirm(question, { input: process.stdin, output: process.stderr }));
    if (answer === undefined) {
      printMessage('Not a terminal: pass --yes to confirm.');
      return EXIT_CODES.usage;
    }
    if (!answer) {
      printMessage('Nothing was changed.');
      return EXIT_CODES.failure;
    }
    const parts = restoreBackup(source, databases);
    printResult(isJson, { ok: true, parts }, () => [
      'Restored:',
      ...parts.map((part) => `  ${toLine(databases, part)}`),
      'What was there before has the same name with .old at its end.',
    ]);
    return EXIT_CODES.fine;
  });
