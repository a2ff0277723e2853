import { z } from 'zod';
import type { PasswordlessAddress } from '../../auth0/passwordless.ts';
import { email, phoneNumber } from '../../auth0/user-fields.ts';
import { mode } from '../auth-schemas.ts';

const address = { email: email.optional(), phone_number: phoneNumber.optional() };
interface Address {
  readonly email?: string | undefined;
  readonly phone_number?: string | undefined;
}
const isOne = (body: Address): boolean => (body.email === undefined) !== (body.phone_number === undefined);
const WANTS_ONE = { path: ['email'], message: 'give either an email or a phone_number' };

export const startBody = z
  .strictObject({
    ...address,
    send: z.enum(['code', 'link']).default('code').meta({
      description: 'A link requires an e-mail address and works only in the browser that requested it.',
    }),
    return_to: z.string().min(1).optional().meta({
      description:
        'For a link: where the browser goes after the sign-in. A value of more than 1,024 characters is ignored.',
    }),
  })
  .refine(isOne, WANTS_ONE)
  .refine(({ send, email: to }) => send === 'code' || to !== undefined, {
    path: ['send'],
    message: 'a link requires an email address',
  })
  .refine(({ send, return_to }) => send === 'link' || return_to === undefined, {
    path: ['return_to'],
    message: 'requires a link',
  })
  .meta({ id: 'gatehouse.PasswordlessStart', example: { email: 'ada@example.com', send: 'code' } });
export type StartBody = z.output<typeof startBody>;

export const verifyBody = z
  .strictObject({
    ...address,
    code: z
      .string()
      .regex(/^[A-Za-z0-9]{4,40}$/, 'must be the code that was sent')
      .meta({ example: '123456' }),
    mode: mode.optional(),
  })
  .refine(isOne, WANTS_ONE)
  .meta({ id: 'gatehouse.PasswordlessVerify', example: { email: 'ada@example.com', code: '123456' } });
export type VerifyBody = z.output<typeof verifyBody>;

/** The address of a validated body; the schema requires exactly one. */
export const toAddress = ({ email: mail, phone_number = '' }: Address): PasswordlessAddress =>
  mail === undefined ? { phone_number } : { email: mail };
