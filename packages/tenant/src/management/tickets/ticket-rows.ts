import { z } from 'zod';
import type { TenantContext } from '../../context.ts';
import type { User } from '../../state/user-documents.ts';
import { findUser } from '../../users/find-user.ts';
import { makeTicket } from '../../users/make-ticket.ts';
import { invalidBody, notFound } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { noSuchUser, notSupported, requireUser } from '../users/user-errors.ts';

const options = {
  result_url: z
    .url({ protocol: /^https?$/, error: `Object didn't pass validation for format url` })
    .max(2000)
    .optional(),
  client_id: z.string().min(1).optional(),
  ttl_sec: z.number().int().min(0).max(31_536_000).optional(),
  includeEmailInRedirect: z.boolean().optional(),
  identity: z.strictObject({ user_id: z.string().min(1), provider: z.string().min(1) }).optional(),
};
const verificationBody = z.strictObject({ ...options, user_id: z.string().min(1) });
const passwordBody = z.strictObject({
  ...options,
  user_id: z.string().min(1).optional(),
  connection_id: z.string().min(1).optional(),
  email: z.string().min(1).optional(),
  mark_email_as_verified: z.boolean().optional(),
});
type PasswordBody = z.output<typeof passwordBody>;

/** Tickets: links that the caller sends to the user itself. */
export const ticketRows: MakeRows = (context) => [
  defineRow({
    method: 'POST',
    path: '/tickets/email-verification',
    title: 'Create an email verification ticket',
    scopes: ['create:user_tickets'],
    body: verificationBody,
    handle: ({ body }) => {
      const user = requireAddressed(requireUser(context, body.user_id));
      return {
        status: 201,
        body: { ticket: `${makeTicket(context, 'verify_email', user, toTicketOptions(body))}#` },
      };
    },
  }),
  defineRow({
    method: 'POST',
    path: '/tickets/password-change',
    title: 'Create a password change ticket',
    scopes: ['create:user_tickets'],
    body: passwordBody,
    handle: ({ body }) => {
      const user = requireAddressed(findOwner(context, body));
      if (user.identities[0]?.provider !== 'auth0')
        throw notSupported("The user's main connection does not support this operation");
      const { mark_email_as_verified } = body;
      const link = makeTicket(context, 'reset_password', user, {
        ...toTicketOptions(body),
        mark_email_as_verified,
      });
      return { status: 201, body: { ticket: `${link}#` } };
    },
  }),
];

const toTicketOptions = (
  body: Pick<PasswordBody, 'result_url' | 'client_id' | 'ttl_sec' | 'includeEmailInRedirect'>,
) => ({
  result_url: body.result_url,
  client_id: body.client_id,
  email_in_redirect: body.includeEmailInRedirect,
  // On Auth0, zero means the default lifetime.
  ttlMs: body.ttl_sec === undefined || body.ttl_sec === 0 ? undefined : body.ttl_sec * 1000,
});

function requireAddressed(user: User): User & { readonly email: string } {
  if (user.email === undefined) throw notSupported('The user has no email address.');
  return { ...user, email: user.email };
}

/** Finds the user by `user_id`, or by `connection_id` and `email`. */
function findOwner(context: TenantContext, { user_id, connection_id, email }: PasswordBody): User {
  if (user_id !== undefined) return requireUser(context, user_id);
  if (connection_id === undefined || email === undefined)
    throw invalidBody(`'Missing required property: ${connection_id === undefined ? 'user_id' : 'email'}'`);
  const connection = context.state.connections.get(connection_id);
  if (!connection) throw notFound('The connection does not exist.', 'inexistent_connection');
  const user = findUser(context.state, connection, email);
  if (!user) throw noSuchUser();
  return user;
}
