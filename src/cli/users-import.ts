import { z } from 'zod';
import { readManagementSettings } from '../config/read-config.ts';
import { toLogString } from '../observe/printable.ts';
import { EXIT_CODES, type ExitCode } from '../startup/exit-codes.ts';
import { type CallManagement, createManagementApi } from './management-api.ts';
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
      const call = createManagementApi(target.client);
      return await importAll(
        isJson,
        call,
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
  call: CallManagement,
  { connection, upsert }: Omit<ImportWish, 'connection'> & { readonly connection: string },
  users: readonly unknown[],
  where: string,
): Promise<ExitCode> {
  const connectionId = await findConnection(call, connection);
  const counts = { total: users.length, inserted: 0, updated: 0 };
  const failed: FailedUser[] = [];
  const jobs = toJobs(users);
  for (const [index, job] of jobs.entries()) {
    if (jobs.length > 1) say(`job ${index + 1} of ${jobs.length}`);
    const outcome = await runImportJob(call, job, { connectionId, upsert });
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

const connectionsReply = z.array(z.object({ id: z.string(), name: z.string() }));

async function findConnection(call: CallManagement, name: string): Promise<string> {
  const query = new URLSearchParams({ name, strategy: 'auth0', fields: 'id,name' });
  const found = connectionsReply.parse(await call({ path: `/connections?${query.toString()}` }));
  const connection = found.find((candidate) => candidate.name === name);
  if (!connection) throw new InputError(`the tenant has no database connection ${name}`);
  return connection.id;
}
