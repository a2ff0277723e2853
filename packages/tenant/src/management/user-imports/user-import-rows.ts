import { z } from 'zod';
import type { TenantContext } from '../../context.ts';
import { isTooDeep } from '../../lib/nesting.ts';
import type { Connection } from '../../state/settings-documents.ts';
import { requireJob, showJob, toJob } from '../jobs/jobs.ts';
import { managementError } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { runImport } from './run-import.ts';

/** Maximum file size, as on Auth0. */
const MAX_FILE_BYTES = 500 * 1024;
const yesNo = z.enum(['true', 'false']).transform((value) => value === 'true');

const importForm = z.strictObject({
  users: z.string(),
  connection_id: z.string().min(1),
  upsert: yesNo.default(false),
  external_id: z.string().max(500).optional(),
  send_completion_email: yesNo.default(true),
});

/** Bulk import of users. It completes before the response, which nevertheless states `pending`, as on Auth0. */
export const userImportRows: MakeRows = (context) => {
  const { state } = context;
  return [
    defineRow({
      method: 'POST',
      path: '/jobs/users-imports',
      title: 'Create import users job',
      scopes: ['create:users'],
      isForm: true,
      body: importForm,
      handle: ({ body: { users: file, ...settings } }) => {
        if (Buffer.byteLength(file) > MAX_FILE_BYTES)
          throw managementError(
            413,
            `Payload content length greater than maximum allowed: ${MAX_FILE_BYTES}`,
          );
        const connection = requireDatabase(context, settings.connection_id);
        const about = { ...settings, connection: connection.name };
        const users = parseUsers(file);
        return state.transaction(() => {
          const outcome = users && runImport(context, { connection, upsert: settings.upsert }, users);
          const job = toJob(context, {
            type: 'users_import',
            status: outcome ? 'completed' : 'failed',
            details: outcome
              ? { ...about, percentage_done: 100, time_left_seconds: 0, summary: outcome.summary }
              : { ...about, status_details: UNREADABLE },
          });
          state.jobs.put({ ...job, errors: outcome?.errors });
          return { status: 202, body: showJob({ ...job, status: 'pending', details: about }) };
        });
      },
    }),
    defineRow({
      method: 'GET',
      path: '/jobs/:id/errors',
      scopes: ['create:users', 'read:users'],
      handle: ({ params }) => {
        const job = requireJob(context, params.id);
        if (job.status === 'failed') return { status: 200, body: showJob(job) };
        return job.errors?.length ? { status: 200, body: job.errors } : { status: 204 };
      },
    }),
  ];
};

const UNREADABLE =
  'Failed to parse users file JSON when importing users. Make sure it is a JSON array of users.';

function parseUsers(file: string): unknown[] | undefined {
  try {
    const parsed: unknown = JSON.parse(file);
    return Array.isArray(parsed) && !isTooDeep(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function requireDatabase({ state }: Pick<TenantContext, 'state'>, id: string): Connection {
  const connection = state.connections.get(id);
  if (!connection)
    throw managementError(400, 'The connection does not exist.', { errorCode: 'inexistent_connection' });
  if (connection.strategy === 'auth0') return connection;
  throw managementError(400, 'Users can be imported into database connections only.', {
    errorCode: 'operation_not_supported',
  });
}
