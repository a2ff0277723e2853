import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { prefixedId } from '../../lib/random.ts';
import type { ClientKey } from '../../state/settings-documents.ts';
import { invalidBody } from '../management-error.ts';
import type { CredentialBody } from './client-body.ts';

/** Parses a client's key from PEM. Throws 400 if it is not an RSA public key. */
export function toClientKey(given: CredentialBody): ClientKey {
  const spki = readKey(given.pem).export({ type: 'spki', format: 'der' });
  return { ...given, id: prefixedId('cred'), kid: createHash('sha256').update(spki).digest('base64url') };
}

function readKey(pem: string): KeyObject {
  // `createPublicKey` also accepts a private key, which must not be stored.
  if (!pem.includes('PRIVATE KEY')) {
    try {
      const key = createPublicKey(pem);
      if (key.asymmetricKeyType === 'rsa') return key;
    } catch {
      // Reported below, like any other invalid key.
    }
  }
  throw invalidBody(`'Invalid PEM: an RSA public key or certificate is expected' on property pem`);
}
