import { z } from 'zod';
import { enrolledBy, removeEnrolment } from '../../factors/authenticators.ts';
import { enrol } from '../../factors/enrol.ts';
import { renewRecoveryCode } from '../../factors/recovery-codes.ts';
import type { Authenticator, Passkey } from '../../state/factor-documents.ts';
import type { User } from '../../state/user-documents.ts';
import { isEmailAddress, isPhoneNumber } from '../../users/addresses.ts';
import { listReply, pageQuery } from '../list-reply.ts';
import { invalidPath, notFound } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { requireUser } from '../users/user-errors.ts';
import { showEnrollment, showMethod, showPasskey, toMethods } from './show-method.ts';

const PATH = '/users/:id/authentication-methods';
const ONE_PATH = `${PATH}/:method`;
const name = z.string().min(1).max(20).optional();
const createBody = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('totp'), name, totp_secret: z.string().regex(/^[A-Z2-7]{16,128}$/) }),
  z.strictObject({ type: z.literal('email'), name, email: z.string().refine(isEmailAddress) }),
  z.strictObject({
    type: z.literal('phone'),
    name,
    phone_number: z.string().refine(isPhoneNumber),
    preferred_authentication_method: z.enum(['sms', 'voice']).default('sms'),
  }),
]);
const changeBody = z.strictObject({
  name,
  preferred_authentication_method: z.enum(['sms', 'voice']).optional(),
});
type CreateBody = z.output<typeof createBody>;

/** Second factors and passkeys of a user. Factors that are created here are confirmed. */
export const factorRows: MakeRows = (context) => {
  const { state } = context;
  const show = (own: Authenticator, user: User) => showMethod(own, enrolledBy(context, user));

  function requireMethod(user: User, id: string | undefined): Authenticator {
    const own = enrolledBy(context, user).find((candidate) => candidate.id === id);
    if (!own) throw notFound('The authentication method does not exist.', 'inexistent_authentication_method');
    return own;
  }

  const passkeysOf = ({ user_id }: User): Passkey[] => state.passkeys.find('user_id', user_id);
  const findPasskey = (user: User, id: string | undefined): Passkey | undefined =>
    passkeysOf(user).find((passkey) => passkey.id === id);

  function removeFactors({ user_id }: User): void {
    state.transaction(() => {
      for (const { id } of state.authenticators.find('user_id', user_id)) state.authenticators.remove(id);
    });
  }

  function removeAll(user: User): void {
    state.transaction(() => {
      removeFactors(user);
      for (const { id } of passkeysOf(user)) state.passkeys.remove(id);
    });
  }

  /** Creates and confirms the requested factor, and the factors that are enrolled with it. */
  function create(user: User, body: CreateBody): Authenticator {
    return state.transaction(() => {
      const made = enrol(context, user, toEnrolment(body));
      const secret = body.type === 'totp' ? { secret: body.totp_secret } : {};
      for (const own of enrolledBy(context, user))
        if (own.enrolment === made.enrolment)
          state.authenticators.put({ ...own, ...secret, name: body.name, active: true });
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
            items: [
              ...toMethods(enrolledBy(context, user)).map((own) => show(own, user)),
              ...passkeysOf(user).map(showPasskey),
            ],
            idOf: ({ id }) => id,
            show: (method) => method,
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
      method: 'PUT',
      path: PATH,
      title: 'Replace the authentication methods of a user',
      scopes: ['update:authentication_methods'],
      body: z.array(createBody),
      handle: ({ params, body }) =>
        state.transaction(() => {
          const user = requireUser(context, params.id);
          removeAll(user);
          return { status: 200, body: body.map((one) => show(create(user, one), user)) };
        }),
    }),
    defineRow({
      method: 'PATCH',
      path: ONE_PATH,
      title: 'Update an authentication method of a user',
      scopes: ['update:authentication_methods'],
      body: changeBody,
      handle: ({ params, body }) =>
        state.transaction(() => {
          const user = requireUser(context, params.id);
          const passkey = findPasskey(user, params.method);
          if (passkey) {
            const renamed = { ...passkey, name: body.name ?? passkey.name };
            state.passkeys.put(renamed);
            return { status: 200, body: showPasskey(renamed) };
          }
          const own = requireMethod(user, params.method);
          const parts = enrolledBy(context, user).filter(({ enrolment }) => enrolment === own.enrolment);
          const { preferred_authentication_method: preferred } = body;
          const chosen =
            parts.find(({ oob_channel }) => preferred === undefined || oob_channel === preferred) ?? own;
          // The first one of an enrolment is its preferred one: they are stored again in this order.
          for (const part of [chosen, ...parts.filter(({ id }) => id !== chosen.id)]) {
            state.authenticators.remove(part.id);
            state.authenticators.put({ ...part, ...(body.name !== undefined && { name: body.name }) });
          }
          return { status: 200, body: show(requireMethod(user, chosen.id), user) };
        }),
    }),
    defineRow({
      method: 'POST',
      path: '/users/:id/recovery-code-regeneration',
      title: 'Generate a new recovery code for a user',
      scopes: ['update:users'],
      handle: ({ params }) => ({
        status: 200,
        body: { recovery_code: renewRecoveryCode(context, requireUser(context, params.id)) },
      }),
    }),
    defineRow({
      method: 'DELETE',
      path: '/users/:id/multifactor/:provider',
      title: 'Delete the multi-factor provider of a user',
      scopes: ['update:users'],
      handle: ({ params }) => {
        if (!['duo', 'google-authenticator'].includes(params.provider ?? ''))
          throw invalidPath(`'No enum match for: ${params.provider}' on property provider`);
        const user = requireUser(context, params.id);
        const apps = enrolledBy(context, user).filter(
          ({ authenticator_type }) => authenticator_type === 'otp',
        );
        if (params.provider === 'google-authenticator') for (const own of apps) removeEnrolment(context, own);
        return { status: 204 };
      },
    }),
    defineRow({
      method: 'POST',
      path: '/users/:id/multifactor/actions/invalidate-remember-browser',
      title: 'Forget the remembered browsers of a user',
      scopes: ['update:users'],
      handle: ({ params }) => {
        // This tenant does not remember browsers, so there is nothing to remove.
        requireUser(context, params.id);
        return { status: 204 };
      },
    }),
    ...['GET', 'DELETE'].map((method) =>
      defineRow({
        method: method === 'GET' ? 'GET' : 'DELETE',
        path: '/guardian/enrollments/:id',
        ...(method === 'DELETE' && { title: 'Delete a multi-factor authentication enrollment' }),
        scopes: [method === 'GET' ? 'read:guardian_enrollments' : 'delete:guardian_enrollments'],
        handle: ({ params }) => {
          const own = state.authenticators.get(params.id ?? '');
          if (!own) throw notFound('Enrollment not found', 'enrollment_not_found');
          if (method === 'GET') return { status: 200, body: showEnrollment(own) };
          removeEnrolment(context, own);
          return { status: 204 };
        },
      }),
    ),
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
        const passkey = findPasskey(user, params.method);
        const body = passkey ? showPasskey(passkey) : show(requireMethod(user, params.method), user);
        return { status: 200, body };
      },
    }),
    defineRow({
      method: 'DELETE',
      path: ONE_PATH,
      title: 'Delete an authentication method of a user',
      scopes: ['delete:authentication_methods'],
      handle: ({ params }) => {
        const user = requireUser(context, params.id);
        const passkey = findPasskey(user, params.method);
        if (passkey) state.passkeys.remove(passkey.id);
        else removeEnrolment(context, requireMethod(user, params.method));
        return { status: 204 };
      },
    }),
    defineRow({
      method: 'DELETE',
      path: '/users/:id/authenticators',
      title: 'Delete all authenticators of a user',
      scopes: ['delete:guardian_enrollments'],
      handle: ({ params }) => {
        removeFactors(requireUser(context, params.id));
        return { status: 204 };
      },
    }),
    defineRow({
      method: 'GET',
      path: '/users/:id/enrollments',
      scopes: ['read:users'],
      ownScopes: ['read:current_user'],
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
