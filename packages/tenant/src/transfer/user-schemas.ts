import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { parseHash } from '../passwords/foreign-hashes.ts';
import type { Consent } from '../state/browser-documents.ts';
import type { Authenticator, Passkey } from '../state/factor-documents.ts';
import type { SigningKeyDocument } from '../state/token-documents.ts';
import type { Authorizations, Credentials, User } from '../state/user-documents.ts';
import { describe } from './describe.ts';
import { permissionDocument } from './settings-schemas.ts';

const text = z.string();
const texts = z.array(text);
const id = text.min(1).max(255);
const freeForm = z.record(text, z.unknown());
const instant = z.iso.datetime();

export const userDocument = describe<User>()(
  z.strictObject({
    user_id: id.regex(/^[^|]+\|./, 'must have the form provider|id'),
    email: text.optional(),
    email_verified: z.boolean(),
    username: text.optional(),
    phone_number: text.optional(),
    phone_verified: z.boolean().optional(),
    name: text,
    nickname: text,
    picture: text,
    given_name: text.optional(),
    family_name: text.optional(),
    identities: z
      .array(
        z.strictObject({
          connection: id,
          user_id: id,
          provider: id,
          isSocial: z.boolean(),
          profileData: z.record(text, z.unknown()).optional(),
        }),
      )
      .min(1),
    user_metadata: freeForm.optional(),
    app_metadata: freeForm.optional(),
    blocked: z.boolean().optional(),
    created_at: instant,
    updated_at: instant,
    last_login: instant.optional(),
    last_ip: text.optional(),
    last_password_reset: instant.optional(),
    logins_count: z.int().min(0),
  }),
);

const passwordHash = text.superRefine((hash, context) => {
  const read = parseHash(hash);
  if ('problem' in read)
    context.addIssue({ code: 'custom', message: `unsupported password hash: ${read.problem}` });
});

export const credentialsDocument = describe<Credentials>()(
  z.strictObject({ user_id: id, hash: passwordHash, previous: z.array(passwordHash) }),
);

export const authorizationsDocument = describe<Authorizations>()(
  z.strictObject({
    user_id: id,
    roles: texts,
    permissions: z.array(permissionDocument),
    auto_login: z.boolean().optional(),
  }),
);

export const authenticatorDocument = describe<Authenticator>()(
  z.strictObject({
    id,
    user_id: id,
    name: text.optional(),
    authenticator_type: z.enum(['otp', 'oob', 'recovery-code']),
    active: z.boolean(),
    oob_channel: z.enum(['sms', 'voice', 'email', 'auth0']).optional(),
    address: text.optional(),
    secret: text.regex(/^[A-Z2-7]+$/, 'must be base32').optional(),
    last_step: z.int().optional(),
    code_digest: text.optional(),
    enrolment: text,
    created_at: instant,
    last_auth_at: instant.optional(),
  }),
);

const base64url = text.regex(/^[\w-]+$/, 'must be base64url');

export const passkeyDocument = describe<Passkey>()(
  z.strictObject({
    id,
    user_id: id,
    name: text.optional(),
    credential_id: base64url,
    public_key: base64url,
    counter: z.int().min(0),
    transports: texts.optional(),
    device_type: z.enum(['single_device', 'multi_device']),
    backed_up: z.boolean(),
    user_handle: base64url,
    user_agent: text.optional(),
    created_at: instant,
    last_auth_at: instant.optional(),
  }),
);

export const consentDocument = describe<Consent>()(
  z.strictObject({
    id,
    user_id: id,
    client_id: id,
    audience: text.min(1),
    organization: text.optional(),
    scope: texts,
  }),
);

/** Whether the private key is an RSA key of sufficient length, and the certificate and public key belong to it. */
function isSigningKey({ private_pem, cert_pem, public_jwk }: SigningKeyDocument): boolean {
  try {
    const key = createPrivateKey(private_pem);
    const { kty, n, e } = createPublicKey(key).export({ format: 'jwk' });
    const isLong = (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
    const isShown = public_jwk.kty === kty && public_jwk.n === n && public_jwk.e === e;
    return kty === 'RSA' && isLong && isShown && new X509Certificate(cert_pem).checkPrivateKey(key);
  } catch {
    return false;
  }
}

export const signingKeyDocument = describe<SigningKeyDocument>()(
  z
    .strictObject({
      kid: id,
      age: z.enum(['next', 'current', 'previous']),
      private_pem: text,
      cert_pem: text,
      pkcs7_pem: text.optional(),
      public_jwk: z.strictObject({ kty: text, n: text, e: text, x5t: text, x5c: texts }),
    })
    .refine(isSigningKey, 'must be an RSA key of at least 2048 bits with its certificate and public key'),
);
