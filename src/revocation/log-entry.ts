import { z } from 'zod';

const text = z.string().min(1).optional().catch(undefined);
const object = z.record(z.string(), z.unknown());

const apiRequest = z.object({
  method: z.string(),
  path: z.string(),
  query: object.optional().catch(undefined),
  body: object.optional().catch(undefined),
});

/** An entry of the tenant's log, as far as the feed reads it; what is of another shape is left out. */
export const logEntry = z.object({
  log_id: z.string().min(1),
  date: z.iso.datetime({ offset: true }),
  type: z.string(),
  /** Of an API operation: who acted, not whom it concerns. */
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

/** An entry's id alone, which the checkpoint needs whatever else it holds. */
export const logId = z.object({ log_id: z.string().min(1) });
