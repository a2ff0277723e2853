import { z } from 'zod';
import { mailTicket } from '../../users/mail-ticket.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { notSupported, requireUser } from '../users/user-errors.ts';
import { requireJob, showJob, toJob } from './jobs.ts';

const verificationBody = z.strictObject({
  user_id: z.string().min(1),
  client_id: z.string().min(1).optional(),
  identity: z.strictObject({ user_id: z.string().min(1), provider: z.string().min(1) }).optional(),
});

/** Jobs: send a verification mail, and read the status of a job. */
export const jobRows: MakeRows = (context) => {
  const { state } = context;
  return [
    defineRow({
      method: 'POST',
      path: '/jobs/verification-email',
      title: 'Send email verification',
      scopes: ['update:users'],
      body: verificationBody,
      handle: ({ body }) =>
        state.transaction(() => {
          const user = requireUser(context, body.user_id);
          if (user.email === undefined) throw notSupported('The user has no email address.');
          mailTicket(context, 'verify_email', user, body.client_id);
          const job = toJob(context, { type: 'verification_email', status: 'completed' });
          state.jobs.put(job);
          return { status: 201, body: showJob({ ...job, status: 'pending' }) };
        }),
    }),
    defineRow({
      method: 'GET',
      path: '/jobs/:id',
      scopes: ['create:users', 'read:users'],
      handle: ({ params }) => ({ status: 200, body: showJob(requireJob(context, params.id)) }),
    }),
  ];
};
