import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { prefixedId } from '../../lib/random.ts';
import type { ClientKey } from '../../state/settings-documents.ts';
import { invalidBody } from '../management-error.ts';
import type { CredentialBody } from './client-body.ts';

/** A key of a client, from its PEM. Throws 400 for what is no RSA public key. */
export function toClientKey(given: CredentialBody): ClientKey {
  const spki = readKey(given.pem).export({ type: 'spki', format: 'der' });
  return { ...given, id: prefixedId('cred'), kid: createHash('sha256').update(spki).digest('base64url') };
}

function readKey(pem: string): KeyObject {
  // A private key would be read too, and kept.
  if (!pem.includes('PRIVATE KEY')) {
    try {
      const key = createPublicKey(pem);
      if (key.asymmetricKeyType === 'rsa') return key;
    } catch {
      // Said below, as for any other key that is none.
    }
  }
  throw invalidBody(`'Invalid PEM: an RSA public key or certificate is expected' on property pem`);
}
