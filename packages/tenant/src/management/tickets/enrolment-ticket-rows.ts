import { z } from 'zod';
import { makeEnrolmentTicket } from '../../factors/enrolment-tickets.ts';
import { isEmailAddress } from '../../users/addresses.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { notSupported, requireUser } from '../users/user-errors.ts';

const body = z.strictObject({
  user_id: z.string().min(1),
  email: z.string().refine(isEmailAddress).optional(),
  send_mail: z.boolean().optional(),
  email_locale: z.string().optional(),
  factor: z
    .enum(['push-notification', 'phone', 'email', 'otp', 'webauthn-roaming', 'webauthn-platform'])
    .optional(),
  allow_multiple_enrollments: z.boolean().optional(),
});

/** Tickets with which users enrol a second factor, outside of a sign-in. */
export const enrolmentTicketRows: MakeRows = (context) => [
  defineRow({
    method: 'POST',
    path: '/guardian/enrollments/ticket',
    title: 'Create a multi-factor authentication enrollment ticket',
    scopes: ['create:guardian_enrollment_tickets'],
    body,
    handle: ({ body: wanted }) => {
      const { user_id, email } = requireUser(context, wanted.user_id);
      const { factor, allow_multiple_enrollments: allow_multiple = false } = wanted;
      if (factor === 'webauthn-roaming' || factor === 'webauthn-platform')
        throw notSupported('This tenant has no second factor with WebAuthn.');
      const to = wanted.email ?? email;
      if (wanted.send_mail === true && to === undefined) throw notSupported('The user has no email address.');
      const { id, url } = makeEnrolmentTicket(context, { user_id, factor, allow_multiple });
      if (wanted.send_mail === true && to !== undefined)
        context.inbox.add({ to, kind: 'enrollment_email', subject: 'Set up your second factor', link: url });
      return { status: 200, body: { ticket_id: id, ticket_url: url } };
    },
  }),
];
