import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_BYTES = 4;

/** What a sealed value is bound to, in addition to its purpose. */
export interface Binding {
  /** The object that it belongs to: with another one it does not open. */
  readonly to?: string;
  /** A further secret that is needed to open it. */
  readonly secret?: string;
}

/** Encrypts and authenticates values for one purpose. A value sealed for another purpose does not open. */
export interface Sealer {
  seal(value: unknown, binding?: Binding): string;
  /** The value; undefined for anything not sealed by this sealer with the same binding. */
  open(sealed: string, binding?: Binding): unknown;
  /** Whether the first secret sealed this; if not, it should be sealed again. */
  isCurrent(sealed: string): boolean;
}

interface Key {
  readonly id: Buffer;
  // A key object: with raw bytes, Node prepares the key at every use, at six times the cost.
  readonly key: KeyObject;
}

/**
 * Creates a sealer (AES-256-GCM; one key per secret and purpose, by HKDF-SHA-256). The first secret seals, all open. The
 * purpose, what the value is tied to and the id of the key are associated data.
 */
export function createSealer(secrets: readonly string[], purpose: string): Sealer {
  const keys = secrets.map((secret): Key => {
    const derived = Buffer.from(hkdfSync('sha256', secret, 'gatehouse', purpose, 32 + KEY_ID_BYTES));
    return { key: createSecretKey(derived.subarray(0, 32)), id: derived.subarray(32) };
  });
  const [first] = keys;
  if (!first) throw new Error('a sealer needs a secret');

  const toKey = ({ key }: Key, { secret }: Binding): KeyObject =>
    secret === undefined ? key : createSecretKey(createHmac('sha256', key).update(secret).digest());
  const toAad = ({ id }: Key, { to = '' }: Binding): Buffer =>
    Buffer.concat([Buffer.from(`${purpose}\0${to}\0`), id]);

  return {
    seal(value, binding = {}) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, toKey(first, binding), iv).setAAD(toAad(first, binding));
      const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
      return Buffer.concat([first.id, iv, cipher.getAuthTag(), text]).toString('base64url');
    },
    open(sealed, binding = {}) {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length <= KEY_ID_BYTES + IV_BYTES + TAG_BYTES) return undefined;
      const key = keys.find(({ id }) => id.equals(bytes.subarray(0, KEY_ID_BYTES)));
      if (!key) return undefined;
      const iv = bytes.subarray(KEY_ID_BYTES, KEY_ID_BYTES + IV_BYTES);
      const tag = bytes.subarray(KEY_ID_BYTES + IV_BYTES, KEY_ID_BYTES + IV_BYTES + TAG_BYTES);
      try {
        const decipher = createDecipheriv(ALGORITHM, toKey(key, binding), iv, { authTagLength: TAG_BYTES })
          .setAAD(toAad(key, binding))
          .setAuthTag(tag);
        const text = decipher.update(bytes.subarray(KEY_ID_BYTES + IV_BYTES + TAG_BYTES), undefined, 'utf8');
        return JSON.parse(text + decipher.final('utf8'));
      } catch {
        return undefined;
      }
    },
    isCurrent: (sealed) =>
      Buffer.from(sealed.slice(0, KEY_ID_BYTES * 2), 'base64url')
        .subarray(0, KEY_ID_BYTES)
        .equals(first.id),
  };
}
