import { z } from 'zod';
import { enrolledBy, removeEnrolment } from '../../factors/authenticators.ts';
import { enrol } from '../../factors/enrol.ts';
import type { Authenticator } from '../../state/factor-documents.ts';
import type { User } from '../../state/user-documents.ts';
import { isEmailAddress, isPhoneNumber } from '../../users/addresses.ts';
import { listReply, pageQuery } from '../list-reply.ts';
import { notFound } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { requireUser } from '../users/user-errors.ts';
import { showEnrollment, showMethod, toMethods } from './show-method.ts';

const PATH = '/users/:id/authentication-methods';
const ONE_PATH = `${PATH}/:method`;
const createBody = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('totp'), totp_secret: z.string().regex(/^[A-Z2-7]{16,128}$/) }),
  z.strictObject({ type: z.literal('email'), email: z.string().refine(isEmailAddress) }),
  z.strictObject({
    type: z.literal('phone'),
    phone_number: z.string().refine(isPhoneNumber),
    preferred_authentication_method: z.enum(['sms', 'voice']).default('sms'),
  }),
]);
type CreateBody = z.output<typeof createBody>;

/** Second factors of a user. Factors that are created here are confirmed. */
export const factorRows: MakeRows = (context) => {
  const { state } = context;
  const show = (own: Authenticator, user: User) => showMethod(own, enrolledBy(context, user));

  function requireMethod(user: User, id: string | undefined): Authenticator {
    const own = enrolledBy(context, user).find((candidate) => candidate.id === id);
    if (!own) throw notFound('The authentication method does not exist.', 'inexistent_authentication_method');
    return own;
  }

  function removeAll({ user_id }: User): void {
    state.transaction(() => {
      for (const { id } of state.authenticators.find('user_id', user_id)) state.authenticators.remove(id);
    });
  }

  /** Creates and confirms the requested factor, and the factors that are enrolled with it. */
  function create(user: User, body: CreateBody): Authenticator {
    return state.transaction(() => {
      const made = enrol(context, user, toEnrolment(body));
      const secret = body.type === 'totp' ? { secret: body.totp_secret } : {};
      for (const own of enrolledBy(context, user))
        if (own.enrolment === made.enrolment) state.authenticators.put({ ...own, ...secret, active: true });
      return requireMethod(user, made.id);
    });
  }

  return [
    defineRow({
      method: 'GET',
      path: PATH,
      scopes: ['read:authentication_methods'],
      query: z.object(pageQuery),
      handle: ({ params, query }) => {
        const user = requireUser(context, params.id);
        return listReply(
          {
            name: 'authenticators',
            items: toMethods(enrolledBy(context, user)),
            idOf: ({ id }) => id,
            show: (own) => show(own, user),
          },
          query,
        );
      },
    }),
    defineRow({
      method: 'POST',
      path: PATH,
      title: 'Create an authentication method for a user',
      scopes: ['create:authentication_methods'],
      body: createBody,
      handle: ({ params, body }) => {
        const user = requireUser(context, params.id);
        return { status: 201, body: show(create(user, body), user) };
      },
    }),
    defineRow({
      method: 'DELETE',
      path: PATH,
      title: 'Delete all authentication methods of a user',
      scopes: ['delete:authentication_methods'],
      handle: ({ params }) => {
        removeAll(requireUser(context, params.id));
        return { status: 204 };
      },
    }),
    defineRow({
      method: 'GET',
      path: ONE_PATH,
      scopes: ['read:authentication_methods'],
      handle: ({ params }) => {
        const user = requireUser(context, params.id);
        return { status: 200, body: show(requireMethod(user, params.method), user) };
      },
    }),
    defineRow({
      method: 'DELETE',
      path: ONE_PATH,
      title: 'Delete an authentication method of a user',
      scopes: ['delete:authentication_methods'],
      handle: ({ params }) => {
        removeEnrolment(context, requireMethod(requireUser(context, params.id), params.method));
        return { status: 204 };
      },
    }),
    defineRow({
      method: 'DELETE',
      path: '/users/:id/authenticators',
      title: 'Delete all authenticators of a user',
      scopes: ['delete:guardian_enrollments'],
      handle: ({ params }) => {
        removeAll(requireUser(context, params.id));
        return { status: 204 };
      },
    }),
    defineRow({
      method: 'GET',
      path: '/users/:id/enrollments',
      scopes: ['read:users'],
      handle: ({ params }) => {
        const all = enrolledBy(context, requireUser(context, params.id));
        return { status: 200, body: toMethods(all).map(showEnrollment) };
      },
    }),
  ];
};

function toEnrolment(body: CreateBody): Parameters<typeof enrol>[2] {
  if (body.type === 'totp') return { type: 'otp' };
  if (body.type === 'email') return { type: 'oob', channel: 'email', address: body.email };
  return { type: 'oob', channel: body.preferred_authentication_method, address: body.phone_number };
}
