import { z } from 'zod';
import type { TenantContext } from '../../context.ts';
import type { User } from '../../state/user-documents.ts';
import { requireConnection } from '../connections/write-connection.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { showJob, toJob } from './jobs.ts';

const field = z.strictObject({
  name: z.string().min(1).max(500),
  export_as: z.string().min(1).max(500).optional(),
});
const exportBody = z
  .strictObject({
    connection_id: z.string().min(1).optional(),
    format: z.enum(['json', 'csv']).default('json'),
    limit: z.int().min(1).optional(),
    fields: z.array(field).optional(),
  })
  .prefault({});
type ExportBody = z.output<typeof exportBody>;

/** The members of an exported user if the job names none. */
const DEFAULT_FIELDS = [
  'user_id',
  'email',
  'name',
  'nickname',
  'picture',
  'email_verified',
  'created_at',
  'updated_at',
];

/** Exports users. The job is complete at once; its `location` is a `data:` URL with the file. */
export const userExportRows: MakeRows = (context) => [
  defineRow({
    method: 'POST',
    path: '/jobs/users-exports',
    title: 'Export users',
    scopes: ['read:users'],
    body: exportBody,
    handle: ({ body }) => {
      const connection =
        body.connection_id === undefined ? undefined : requireConnection(context, body.connection_id);
      const about = { ...body, ...(connection && { connection: connection.name }) };
      const file = toFile(body, wanted(context, connection?.name, body.limit));
      const type = body.format === 'csv' ? 'text/csv' : 'application/x-ndjson';
      const location = `data:${type};base64,${Buffer.from(file).toString('base64')}`;
      const job = toJob(context, {
        type: 'users_export',
        status: 'completed',
        details: { ...about, location, percentage_done: 100, time_left_seconds: 0 },
      });
      context.state.jobs.put(job);
      return { status: 200, body: showJob({ ...job, status: 'pending', details: about }) };
    },
  }),
];

const wanted = (
  { state }: Pick<TenantContext, 'state'>,
  connection: string | undefined,
  limit: number | undefined,
): User[] =>
  state.users
    .list()
    .filter(({ identities: [home] }) => connection === undefined || home?.connection === connection)
    .slice(0, limit);

/** One user per line: JSON, or CSV with a header line. */
function toFile({ format, fields }: ExportBody, users: readonly User[]): string {
  const columns = (fields ?? DEFAULT_FIELDS.map((name) => ({ name, export_as: undefined }))).map(
    ({ name, export_as = name }) => ({ name, as: export_as }),
  );
  const rows = users.map((user) => columns.map(({ name, as }) => [as, valueAt(user, name)] as const));
  if (format === 'json') return rows.map((row) => `${JSON.stringify(Object.fromEntries(row))}\n`).join('');
  const head = columns.map(({ as }) => quoted(as)).join(',');
  return [head, ...rows.map((row) => row.map(([, value]) => quoted(value)).join(','))]
    .map((line) => `${line}\n`)
    .join('');
}

/** The value at a path such as `identities[0].connection` or `user_metadata.plan`. */
function valueAt(user: User, path: string): unknown {
  let value: unknown = user;
  for (const key of path.split(/[.[\]]+/).filter((part) => part !== ''))
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? Reflect.get(value, key)
        : undefined;
  return value;
}

/** RFC 4180. */
function quoted(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `"${text.replaceAll('"', '""')}"`;
}
