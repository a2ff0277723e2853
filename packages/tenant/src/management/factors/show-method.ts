import type { Authenticator, Passkey } from '../../state/factor-documents.ts';

const TYPES = { sms: 'phone', voice: 'phone', email: 'email', auth0: 'push' } as const;

/** The Management API's type of an authenticator. */
export const methodTypeOf = ({ authenticator_type, oob_channel }: Authenticator): string => {
  if (oob_channel !== undefined) return TYPES[oob_channel];
  return authenticator_type === 'otp' ? 'totp' : authenticator_type;
};

/** The authentication methods of these authenticators: the text and voice channels of a phone are one method. */
export function toMethods(authenticators: readonly Authenticator[]): Authenticator[] {
  return authenticators.filter(
    (own, at) =>
      authenticators.findIndex(
        (other) => other.enrolment === own.enrolment && methodTypeOf(other) === methodTypeOf(own),
      ) === at,
  );
}

/** An authentication method in API format; `all` are the user's authenticators. */
export function showMethod(own: Authenticator, all: readonly Authenticator[]) {
  const type = methodTypeOf(own);
  const parts = all.filter((other) => other.enrolment === own.enrolment && methodTypeOf(other) === type);
  return {
    id: own.id,
    type,
    confirmed: own.active,
    created_at: own.created_at,
    ...(own.active && { enrolled_at: own.created_at }),
    ...(own.last_auth_at !== undefined && { last_auth_at: own.last_auth_at }),
    ...(own.name !== undefined && { name: own.name }),
    ...(type === 'email' && { email: own.address, name: own.name ?? own.address }),
    ...(type === 'phone' && {
      phone_number: own.address,
      name: own.name ?? own.address,
      preferred_authentication_method: own.oob_channel,
      authentication_methods: parts.map(({ id, oob_channel }) => ({ id, type: oob_channel })),
    }),
  };
}

/** A passkey in API format. */
export const showPasskey = (own: Passkey) => ({
  id: own.id,
  type: 'passkey',
  confirmed: true,
  created_at: own.created_at,
  enrolled_at: own.created_at,
  ...(own.last_auth_at !== undefined && { last_auth_at: own.last_auth_at }),
  ...(own.name !== undefined && { name: own.name }),
  key_id: own.credential_id,
  public_key: own.public_key,
  credential_device_type: own.device_type,
  credential_backed_up: own.backed_up,
  identity_user_id: Buffer.from(own.user_handle, 'base64url').toString(),
  ...(own.user_agent !== undefined && { user_agent: own.user_agent }),
});

const ENROLMENT_METHODS: Readonly<Record<string, string>> = {
  totp: 'authenticator',
  phone: 'sms',
  email: 'email',
  push: 'guardian',
  'recovery-code': 'recovery-code',
};

/** An authenticator in the format of the legacy enrollments endpoint. */
export const showEnrollment = (own: Authenticator) => ({
  id: own.id,
  status: own.active ? 'confirmed' : 'pending',
  type: methodTypeOf(own),
  auth_method: ENROLMENT_METHODS[methodTypeOf(own)],
  ...(own.address !== undefined && { name: own.address, identifier: own.address }),
  ...(methodTypeOf(own) === 'phone' && { phone_number: own.address }),
  ...(own.active && { enrolled_at: own.created_at }),
  ...(own.last_auth_at !== undefined && { last_auth: own.last_auth_at }),
});
