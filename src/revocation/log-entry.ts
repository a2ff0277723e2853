import { z } from 'zod';

const text = z.string().min(1).optional().catch(undefined);
const object = z.record(z.string(), z.unknown());

const apiRequest = z.object({
  method: z.string(),
  path: z.string(),
  query: object.optional().catch(undefined),
  body: object.optional().catch(undefined),
});

/** The members of a log entry that the feed reads; invalid members are omitted. */
export const logEntry = z.object({
  log_id: z.string().min(1),
  date: z.iso.datetime({ offset: true }),
  type: z.string(),
  /** For an API operation: the actor, not the affected user. */
  user_id: text,
  client_id: text,
  details: z
    .object({
      request: apiRequest.optional().catch(undefined),
      response: z
        .object({ statusCode: z.number().optional(), body: object.optional().catch(undefined) })
        .optional()
        .catch(undefined),
      session_id: text,
      grant_id: text,
      credential_id: text,
    })
    .optional()
    .catch(undefined),
});

export type LogEntry = z.output<typeof logEntry>;

/** Only the id of an entry, which the checkpoint needs even if the rest is invalid. */
export const logId = z.object({ log_id: z.string().min(1) });
