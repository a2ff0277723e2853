import { KeyObject, randomBytes, webcrypto } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { loadX509 } from '../lib/load-x509.ts';

/** PEM texts: the CA certificate that clients trust, and the key and certificate of the port. */
export interface Certificates {
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
}

const DAY_MS = 24 * 3600 * 1000;
/** The CA certificate expires with its only leaf, because its key is not kept. */
const LIFETIME_MS = 365 * DAY_MS;
/** Tolerance for clients whose clocks are slow. */
const BACKDATE_MS = 3600 * 1000;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * Creates a CA and, signed by it, a certificate for `localhost`, 127.0.0.1, ::1 and the domain. The CA's private key is not
 * extractable and is discarded, so that it can never sign another certificate.
 */
export async function issueCertificates(clock: Clock, domain = 'localhost'): Promise<Certificates> {
  const x509 = loadX509();
  const dates = {
    notBefore: new Date(clock.now() - BACKDATE_MS),
    notAfter: new Date(clock.now() + LIFETIME_MS),
  };
  const authorityKeys = await webcrypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
  const leafKeys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...dates,
    // Each CA has a unique name, so that trust stores cannot confuse it with an earlier one.
    name: `O=Local tenant, CN=Local tenant authority ${randomBytes(4).toString('hex')}`,
    serialNumber: toSerial(),
    keys: authorityKeys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const leaf = await x509.X509CertificateGenerator.create({
    ...dates,
    subject: 'O=Local tenant, CN=localhost',
    issuer: authority.subject,
    serialNumber: toSerial(),
    publicKey: leafKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        ...[...new Set(['localhost', domain])].map((value) => ({ type: 'dns', value }) as const),
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
      await x509.SubjectKeyIdentifierExtension.create(leafKeys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const keyPem = KeyObject.from(leafKeys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
  return { caPem: authority.toString('pem'), certPem: leaf.toString('pem'), keyPem: keyPem.trim() };
}

/** 127 random bits, positive and without a leading zero octet (RFC 5280 §4.1.2.2). */
function toSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}
