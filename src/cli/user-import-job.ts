import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type ManagementAccess, toManagementError } from '../auth0/management-access.ts';

export interface ImportOrder {
  /** Id of a database connection. */
  readonly connectionId: string;
  /** Whether existing users are updated. */
  readonly upsert: boolean;
}

/** A user that was not imported, and the errors. */
export interface FailedUser {
  readonly user: Readonly<Record<string, unknown>>;
  readonly errors: readonly { readonly code?: string | undefined; readonly message?: string | undefined }[];
}

export interface JobOutcome {
  readonly inserted: number;
  readonly updated: number;
  readonly failed: readonly FailedUser[];
}

/** Auth0 accepts at most 500 KB and recommends less than 400. */
const MAX_JOB_BYTES = 400_000;
/** Auth0's time limit of a job. */
const PATIENCE_MS = 2 * 3600 * 1000;
const FIRST_POLL_MS = 250;
const LONGEST_POLL_MS = 5000;

const unknownUser = z.record(z.string(), z.unknown()).catch({});
const job = z.object({
  id: z.string().min(1),
  status: z.string(),
  status_details: z.string().optional(),
  summary: z.object({ inserted: z.number(), updated: z.number() }).optional(),
});
const errorsReply = z.array(
  z.object({
    user: unknownUser,
    errors: z.array(z.object({ code: z.string().optional(), message: z.string().optional() })),
  }),
);

/** The users of one job. */
export interface ImportPart {
  /** The users as JSON. */
  readonly text: string;
  readonly users: number;
}

const toPart = (texts: readonly string[]): ImportPart => ({ text: `[${texts.join()}]`, users: texts.length });

/** Splits the users into parts that fit into one job each. */
export function toParts(users: readonly unknown[]): ImportPart[] {
  const parts: ImportPart[] = [];
  let texts: string[] = [];
  let bytes = 0;
  for (const text of users.map((user) => JSON.stringify(user))) {
    const size = Buffer.byteLength(text) + 1;
    if (texts.length > 0 && bytes + size > MAX_JOB_BYTES) {
      parts.push(toPart(texts));
      texts = [];
      bytes = 0;
    }
    texts.push(text);
    bytes += size;
  }
  return texts.length > 0 ? [...parts, toPart(texts)] : parts;
}

type Client = ManagementAccess['client'];

/** Runs one job to its end. Throws if the tenant refuses the job or does not finish it in time. */
export async function runImportJob(
  client: Client,
  users: string,
  { connectionId, upsert }: ImportOrder,
): Promise<JobOutcome> {
  try {
    const { id } = job.parse(
      await client.jobs.usersImports.create({
        users: { data: Buffer.from(users), filename: 'users.json', contentType: 'application/json' },
        connection_id: connectionId,
        upsert,
        send_completion_email: false,
      }),
    );
    const { status, status_details, summary } = await waitFor(client, id);
    if (status !== 'completed')
      throw new Error(`the import job ${id} has ${status}: ${status_details ?? 'no reason given'}`);
    const errors = await client.jobs.errors.get(id);
    return {
      inserted: summary?.inserted ?? 0,
      updated: summary?.updated ?? 0,
      // Without errors there is no answer body.
      failed: Array.isArray(errors) ? errorsReply.parse(errors) : [],
    };
  } catch (error) {
    throw toManagementError(error);
  }
}

async function waitFor(client: Client, id: string): Promise<z.output<typeof job>> {
  const until = performance.now() + PATIENCE_MS;
  for (
    let pauseMs = FIRST_POLL_MS;
    performance.now() < until;
    pauseMs = Math.min(pauseMs * 2, LONGEST_POLL_MS)
  ) {
    const current = job.parse(await client.jobs.get(id));
    if (current.status !== 'pending' && current.status !== 'processing') return current;
    await sleep(pauseMs);
  }
  throw new Error(`the import job ${id} has not ended within two hours`);
}
