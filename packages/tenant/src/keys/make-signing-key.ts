import type { KeyObject } from 'node:crypto';
import { createHash, KeyObject as KeyObjects, webcrypto } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { loadX509 } from '../lib/load-x509.ts';
import { randomHex, randomToken } from '../lib/random.ts';
import type { SigningKeyDocument } from '../state/token-documents.ts';

const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const YEAR_MS = 365 * 24 * 3600 * 1000;

export type MakeSigningKey = (clock: Clock, age: SigningKeyDocument['age']) => Promise<SigningKeyDocument>;

/** Creates an RSA key of 2048 bits with a self-signed certificate for the `x5c` of the JWKS. */
export const makeSigningKey: MakeSigningKey = async (clock, age) => {
  const { X509CertificateGenerator, X509Certificates } = loadX509();
  const pair = await webcrypto.subtle.generateKey(
    { ...ALGORITHM, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
    true,
    ['sign', 'verify'],
  );
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: `01${randomHex(15)}`,
      name: 'CN=localhost',
      notBefore: new Date(clock.now()),
      notAfter: new Date(clock.now() + 10 * YEAR_MS),
      signingAlgorithm: ALGORITHM,
      keys: pair,
    },
    webcrypto,
  );
  const der = Buffer.from(certificate.rawData);
  const { n, e } = exportPublic(KeyObjects.from(pair.publicKey));
  return {
    kid: randomToken(15),
    age,
    private_pem: String(KeyObjects.from(pair.privateKey).export({ type: 'pkcs8', format: 'pem' })),
    cert_pem: certificate.toString('pem'),
    pkcs7_pem: new X509Certificates([certificate]).export('pem'),
    public_jwk: {
      kty: 'RSA',
      n,
      e,
      x5t: createHash('sha1').update(der).digest('base64url'),
      x5c: [der.toString('base64')],
    },
  };
};

const exportPublic = (key: KeyObject) => key.export({ format: 'jwk' });
