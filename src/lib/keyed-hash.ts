import { createHmac, createSecretKey, hkdfSync } from 'node:crypto';

/**
 * Creates a keyed hash (HMAC-SHA-256, base64url) for one purpose. Without the secret, guesses cannot be checked against a
 * hash.
 */
export function createKeyedHash(secret: string, purpose: string): (text: string) => string {
  // A key object: with raw bytes, Node prepares the key at every hash, at six times the cost.
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, 'gatehouse', purpose, 32)));
  return (text) => createHmac('sha256', key).update(text).digest('base64url');
}
