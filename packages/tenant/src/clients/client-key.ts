import { createHash, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { type Clock, toIso } from '../lib/clock.ts';
import { prefixedId } from '../lib/random.ts';
import { defined } from '../state/defaults.ts';
import type { ClientKey } from '../state/settings-documents.ts';

/** A credential as it is registered. */
export interface GivenKey extends Pick<ClientKey, 'credential_type' | 'name' | 'pem' | 'subject_dn'> {
  /** Default: RS256; only for a public key. */
  readonly alg?: ClientKey['alg'];
  readonly expires_at?: string | null | undefined;
  /** Takes the expiry of a public key from its certificate. */
  readonly parse_expiry_from_cert?: boolean | undefined;
}

/** The PEM is not what the credential type needs. The message says what it needs. */
export class InvalidKey extends Error {
  override readonly name = 'InvalidKey';
}

/** Registers a client's key or certificate from PEM. Throws `InvalidKey`. */
export function toClientKey(given: GivenKey, clock: Clock): ClientKey {
  const { credential_type, name } = given;
  const now = toIso(clock.now());
  return {
    id: prefixedId('cred'),
    credential_type,
    ...defined({ name }),
    ...readers[credential_type](given),
    created_at: now,
    updated_at: now,
    ...(given.expires_at && { expires_at: toIso(Date.parse(given.expires_at)) }),
  };
}

type Read = Partial<ClientKey>;

const readers: Readonly<Record<ClientKey['credential_type'], (given: GivenKey) => Read>> = {
  public_key({ pem = '', alg = 'RS256', parse_expiry_from_cert }) {
    const kid = thumbprint(requireRsaKey(pem));
    const expires_at = parse_expiry_from_cert === true ? expiryOf(requireCertificate(pem)) : undefined;
    return { kid, alg, pem, ...defined({ expires_at }) };
  },
  x509_cert({ pem = '' }) {
    const certificate = requireCertificate(pem);
    const digest = createHash('sha256').update(certificate.raw).digest('base64url');
    return { pem, thumbprint_sha256: digest, expires_at: expiryOf(certificate) };
  },
  cert_subject_dn: ({ pem, subject_dn }) => ({
    subject_dn: subject_dn ?? requireCertificate(pem ?? '').subject,
  }),
};

const expiryOf = (certificate: X509Certificate): string => toIso(certificate.validToDate.getTime());

function requireCertificate(pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new InvalidKey('a certificate is expected');
  }
}

function requireRsaKey(pem: string): KeyObject {
  // `createPublicKey` also accepts a private key, which must not be stored.
  if (!pem.includes('PRIVATE KEY')) {
    try {
      const key = createPublicKey(pem);
      if (key.asymmetricKeyType === 'rsa') return key;
    } catch {
      // Reported below, like any other invalid key.
    }
  }
  throw new InvalidKey('an RSA public key or certificate is expected');
}

/** RFC 7638 §3.2, for an RSA key. */
function thumbprint(key: KeyObject): string {
  const { e, kty, n } = key.export({ format: 'jwk' });
  return createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
}
