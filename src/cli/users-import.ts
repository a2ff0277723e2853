import { type ManagementAccess, toManagementError } from '../auth0/management-access.ts';
import { readManagementSettings } from '../config/read-config.ts';
import { toLogString } from '../observe/printable.ts';
import { EXIT_CODES, type ExitCode } from '../startup/exit-codes.ts';
import { openManagementTarget } from './management-target.ts';
import { printFailure, printFaults, printMessage, printResult } from './output.ts';
import { createProgress, withInterrupt } from './progress.ts';
import { InputError, readJson } from './read-json.ts';
import {
  type FailedUser,
  type ImportOrder,
  type ImportPart,
  runImportJob,
  toParts,
} from './user-import-job.ts';

export interface ImportOptions {
  readonly file: string;
  /** Name of the connection; undefined: AUTH0_CONNECTION. */
  readonly connection: string | undefined;
  readonly upsert: boolean;
}

/** `users import`: Auth0's bulk import, into the embedded tenant or the one that AUTH0_DOMAIN names. */
export async function importUsers(isJson: boolean, options: ImportOptions): Promise<ExitCode> {
  const read = readManagementSettings(process.env, { cwd: process.cwd() });
  if (!read.ok) {
    printFaults(isJson, read.faults);
    return EXIT_CODES.configuration;
  }
  try {
    const users = parseUsers(options.file, await readJson(options.file));
    const target = await openManagementTarget(read.settings);
    try {
      return await importAll(
        isJson,
        target.management.client,
        { ...options, connection: options.connection ?? read.connection },
        users,
        target.where,
      );
    } finally {
      await target.close();
    }
  } catch (error) {
    return printFailure(isJson, error);
  }
}

function parseUsers(file: string, raw: unknown): unknown[] {
  if (Array.isArray(raw)) return raw;
  throw new InputError(`${file}: not a list of users`);
}

async function importAll(
  isJson: boolean,
  client: ManagementAccess['client'],
  { connection, upsert }: Omit<ImportOptions, 'connection'> & { readonly connection: string },
  users: readonly unknown[],
  where: string,
): Promise<ExitCode> {
  const connectionId = await findConnection(client, connection);
  const outcome = await withInterrupt((signal) =>
    importParts(client, toParts(users), { connectionId, upsert }, signal),
  );
  const { inserted, updated, failed, left, failure } = outcome;
  if (failure) printMessage(failure.message);
  const ok = failed.length === 0 && failure === undefined;
  const counts = { total: users.length, inserted, updated, left };
  printResult(isJson, { ok, where, ...counts, failed, ...(failure && { failure: failure.message }) }, () => [
    ...failed.map(toLine),
    `${counts.total} users: ${inserted} imported into ${where}, ${updated} updated, ${failed.length} failed.`,
    ...(left > 0 ? [`${left} users are left. Run the command again with --upsert to import them.`] : []),
  ]);
  return ok ? EXIT_CODES.fine : EXIT_CODES.failure;
}

interface ImportOutcome {
  readonly inserted: number;
  readonly updated: number;
  readonly failed: readonly FailedUser[];
  /** Number of users in jobs that did not complete. */
  readonly left: number;
  /** The failure of the job. */
  readonly failure?: Error | undefined;
}

/** Runs jobs in sequence, and stops at the first failure or when the signal aborts. */
async function importParts(
  client: ManagementAccess['client'],
  parts: readonly ImportPart[],
  order: ImportOrder,
  signal: AbortSignal,
): Promise<ImportOutcome> {
  let [inserted, updated, left] = [0, 0, parts.reduce((sum, { users }) => sum + users, 0)];
  const failed: FailedUser[] = [];
  const progress = createProgress();
  try {
    for (const [index, { text, users }] of parts.entries()) {
      if (signal.aborted) throw new InputError('Interrupted.');
      progress.update(index, parts.length, `importing ${users} users`);
      const outcome = await runImportJob(client, text, order);
      inserted += outcome.inserted;
      updated += outcome.updated;
      failed.push(...outcome.failed);
      left -= users;
    }
    return { inserted, updated, failed, left };
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    return { inserted, updated, failed, left, failure };
  } finally {
    progress.stop();
  }
}

/** One line per user; names are escaped. */
function toLine({ user, errors }: FailedUser): string {
  const name = user.email ?? user.username ?? user.phone_number ?? user.user_id;
  const why = errors
    .map(({ code = '', message = '' }) => `${code} ${toLogString(message)}`.trim())
    .join('; ');
  return `failed: ${toLogString(typeof name === 'string' ? name : 'a user without a name')}: ${why}`;
}

async function findConnection(client: ManagementAccess['client'], name: string): Promise<string> {
  try {
    const { data } = await client.connections.list({ name, strategy: ['auth0'], fields: 'id,name' });
    const id = data.find((candidate) => candidate.name === name)?.id;
    if (id === undefined) throw new InputError(`the tenant has no database connection ${name}`);
    return id;
  } catch (error) {
    throw toManagementError(error);
  }
}
