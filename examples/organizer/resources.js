import { z } from 'zod';

const text = z.string().trim().min(1).max(500);
const time = z.iso.datetime({ offset: true });

/** What each resource consists of, besides its id. The name is its path, and the scope that it requires. */
export const resources = {
  appointments: z.strictObject({
    subject: text,
    starts_at: time,
    ends_at: time.optional(),
    location: text.optional(),
    attendees: z.array(z.email()).max(100).optional(),
  }),
  contacts: z.strictObject({
    name: text,
    email: z.email().optional(),
    phone: z.e164().optional(),
  }),
  tasks: z.strictObject({
    title: text,
    due_date: z.iso.date().optional(),
    done: z.boolean().default(false),
  }),
};
