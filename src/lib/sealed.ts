import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_BYTES = 4;

/** Seals values so that only we can read them, for one purpose: what was sealed for another counts as absent. */
export interface Sealer {
  seal(value: unknown): string;
  /** The value; undefined for anything that this sealer did not seal, or sealed differently. */
  open(sealed: string): unknown;
}

interface Key {
  readonly id: Buffer;
  readonly key: Buffer;
}

/**
 * Makes a sealer (AES-256-GCM; a key for each secret and purpose by HKDF-SHA-256). The first secret seals, all
 * open. `purpose` is bound as associated data as well.
 */
export function createSealer(secrets: readonly string[], purpose: string): Sealer {
  const keys = secrets.map((secret): Key => {
    const derived = Buffer.from(hkdfSync('sha256', secret, 'gatehouse', purpose, 32 + KEY_ID_BYTES));
    return { key: derived.subarray(0, 32), id: derived.subarray(32) };
  });
  const [first] = keys;
  if (!first) throw new Error('a sealer needs a secret');
  const aad = Buffer.from(purpose);
  return {
    seal(value) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, first.key, iv).setAAD(aad);
      const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
      return Buffer.concat([first.id, iv, cipher.getAuthTag(), text]).toString('base64url');
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length <= KEY_ID_BYTES + IV_BYTES + TAG_BYTES) return undefined;
      const key = keys.find(({ id }) => id.equals(bytes.subarray(0, KEY_ID_BYTES)));
      if (!key) return undefined;
      const iv = bytes.subarray(KEY_ID_BYTES, KEY_ID_BYTES + IV_BYTES);
      const tag = bytes.subarray(KEY_ID_BYTES + IV_BYTES, KEY_ID_BYTES + IV_BYTES + TAG_BYTES);
      try {
        const decipher = createDecipheriv(ALGORITHM, key.key, iv, { authTagLength: TAG_BYTES })
          .setAAD(aad)
          .setAuthTag(tag);
        const text = decipher.update(bytes.subarray(KEY_ID_BYTES + IV_BYTES + TAG_BYTES), undefined, 'utf8');
        return JSON.parse(text + decipher.final('utf8'));
      } catch {
        return undefined;
      }
    },
  };
}
