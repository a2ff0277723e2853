import { type ManagementAccess, toManagementError } from '../auth0/management-access.ts';
import { readManagementSettings } from '../config/read-config.ts';
import { toLogString } from '../observe/printable.ts';
import { EXIT_CODES, type ExitCode } from '../startup/exit-codes.ts';
import { openManagementTarget } from './management-target.ts';
import { complain, say, tell, tellFailure } from './output.ts';
import { InputError, readJson } from './read-json.ts';
import { type FailedUser, runImportJob, toJobs } from './user-import-job.ts';

export interface ImportWish {
  readonly file: string;
  /** Of the connection; undefined: AUTH0_CONNECTION. */
  readonly connection: string | undefined;
  readonly upsert: boolean;
}

/** `users import`: Auth0's bulk import, into the embedded tenant or the one that AUTH0_DOMAIN names. */
export async function importUsers(isJson: boolean, wish: ImportWish): Promise<ExitCode> {
  const read = readManagementSettings(process.env, { cwd: process.cwd() });
  if (!read.ok) {
    complain(isJson, read.faults);
    return EXIT_CODES.configuration;
  }
  try {
    const users = parseUsers(wish.file, await readJson(wish.file));
    const target = await openManagementTarget(read.settings);
    try {
      return await importAll(
        isJson,
        target.management.client,
        { ...wish, connection: wish.connection ?? read.connection },
        users,
        target.where,
      );
    } finally {
      await target.close();
    }
  } catch (error) {
    return tellFailure(isJson, error);
  }
}

function parseUsers(file: string, raw: unknown): unknown[] {
  if (Array.isArray(raw)) return raw;
  throw new InputError(`${file}: not a list of users`);
}

async function importAll(
  isJson: boolean,
  client: ManagementAccess['client'],
  { connection, upsert }: Omit<ImportWish, 'connection'> & { readonly connection: string },
  users: readonly unknown[],
  where: string,
): Promise<ExitCode> {
  const connectionId = await findConnection(client, connection);
  const counts = { total: users.length, inserted: 0, updated: 0 };
  const failed: FailedUser[] = [];
  const jobs = toJobs(users);
  for (const [index, job] of jobs.entries()) {
    if (jobs.length > 1) say(`job ${index + 1} of ${jobs.length}`);
    const outcome = await runImportJob(client, job, { connectionId, upsert });
    counts.inserted += outcome.inserted;
    counts.updated += outcome.updated;
    failed.push(...outcome.failed);
  }
  const ok = failed.length === 0;
  tell(isJson, { ok, where, ...counts, failed }, () => [
    ...failed.map(toLine),
    `${counts.total} users: ${counts.inserted} imported into ${where}, ${counts.updated} updated, ${failed.length} failed.`,
  ]);
  return ok ? EXIT_CODES.fine : EXIT_CODES.failure;
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
