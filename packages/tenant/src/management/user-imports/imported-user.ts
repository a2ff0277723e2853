import { z } from 'zod';
import { isEmailAddress, isPhoneNumber } from '../../users/addresses.ts';

const text = z.string().min(1).max(2000);
const encoding = z.enum(['base64', 'hex', 'utf8']);
const format = (name: string) => ({
  params: { code: 'INVALID_FORMAT' },
  error: `Object didn't pass validation for format ${name}`,
});
const emailAddress = z.string().max(320).refine(isEmailAddress, format('email'));

/** A password hash of any algorithm that Auth0 supports. */
const customPasswordHash = z.strictObject({
  algorithm: z.enum([
    'argon2',
    'bcrypt',
    'hmac',
    'ldap',
    'md4',
    'md5',
    'sha1',
    'sha256',
    'sha512',
    'pbkdf2',
    'scrypt',
  ]),
  hash: z.strictObject({
    value: text,
    encoding: encoding.optional(),
    digest: text.optional(),
    key: z.strictObject({ value: text, encoding: encoding.optional() }).optional(),
  }),
  salt: z
    .strictObject({
      value: z.string().max(2000),
      encoding: encoding.optional(),
      position: z.enum(['prefix', 'suffix']).optional(),
    })
    .optional(),
  password: z
    .strictObject({
      encoding: z.enum(['ascii', 'utf8', 'utf16le', 'ucs2', 'latin1', 'binary']).optional(),
    })
    .optional(),
  keylen: z.int().min(1).max(128).optional(),
  cost: z.int().min(2).optional(),
  blockSize: z.int().min(1).optional(),
  parallelization: z.int().min(1).optional(),
});
export type CustomPasswordHash = z.output<typeof customPasswordHash>;

const factor = z
  .strictObject({
    totp: z
      .strictObject({
        secret: z
          .string()
          .max(128)
          .regex(/^[A-Z2-7]+$/),
      })
      .optional(),
    phone: z.strictObject({ value: z.string().regex(/^\+[0-9]{1,15}$/) }).optional(),
    email: z.strictObject({ value: emailAddress }).optional(),
  })
  .refine((given) => Object.keys(given).length <= 1, {
    params: { code: 'OBJECT_PROPERTIES_MAXIMUM' },
    error: 'Too many properties defined, maximum 1',
  });

/** Members that an import must not set on Auth0. */
const RESERVED =
  `__tenant _id blocked clientID created_at email_verified email globalClientID global_client_id
  identities lastIP lastLogin loginsCount metadata multifactor_last_modified multifactor updated_at user_id`.split(
    /\s+/,
  );

const metadata = z.record(z.string(), z.unknown());

/** A user of an import file, by Auth0's schema. */
export const importedUser = z
  .strictObject({
    email: emailAddress.optional(),
    email_verified: z.boolean().optional(),
    phone_number: z.string().refine(isPhoneNumber, format('phone-number')).optional(),
    phone_verified: z.boolean().optional(),
    user_id: text.max(255).optional(),
    username: text.max(128).optional(),
    given_name: text.optional(),
    family_name: text.optional(),
    name: text.optional(),
    nickname: text.optional(),
    picture: text.optional(),
    blocked: z.boolean().optional(),
    password_hash: text.optional(),
    custom_password_hash: customPasswordHash.optional(),
    app_metadata: metadata
      .refine((given) => !RESERVED.some((name) => Object.hasOwn(given, name)), {
        params: { code: 'NOT_PASSED' },
        error: `Must not have any of ${RESERVED.join(', ')}`,
      })
      .optional(),
    user_metadata: metadata.optional(),
    mfa_factors: z.array(factor).min(1).max(10).optional(),
  })
  .refine(({ email, phone_number }) => email !== undefined || phone_number !== undefined, {
    params: { code: 'ANY_OF_MISSING' },
    error: 'Neither email nor phone_number',
  })
  .refine((user) => user.password_hash === undefined || user.custom_password_hash === undefined, {
    params: { code: 'NOT_PASSED' },
    error: 'Either password_hash or custom_password_hash, not both',
    path: ['custom_password_hash'],
  });
export type ImportedUser = z.output<typeof importedUser>;
