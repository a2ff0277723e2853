import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

export type HashPassword = (password: string) => Promise<string>;

const hash = promisify(argon2);

/** OWASP's floor for argon2id: 19 MiB, two passes. `memory` is in KiB. */
const cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const;
const prefix = `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}$`;
const pattern = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '');

/** Hashes off the event loop; the answer is a PHC string with its own salt. */
export const hashPassword: HashPassword = async (password) => {
  const nonce = randomBytes(16);
  const tag = await hash('argon2id', { message: password, nonce, ...cost });
  return `${prefix}${base64(nonce)}$${base64(tag)}`;
};

/** What an unknown user is measured against, so that their sign-in takes as long as anybody's. */
const nobody = `${prefix}${base64(Buffer.alloc(16))}$${base64(Buffer.alloc(cost.tagLength))}`;

/** Whether the password is that of the hash. Without a hash it costs the same, and is false. */
export async function verifyPassword(password: string, phc: string | undefined): Promise<boolean> {
  const parts = pattern.exec(phc ?? nobody);
  if (!parts) throw new Error('the stored password hash is not one of ours');
  const [, memory, passes, parallelism, salt = '', tag = ''] = parts;
  const expected = Buffer.from(tag, 'base64');
  const actual = await hash('argon2id', {
    message: password,
    nonce: Buffer.from(salt, 'base64'),
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    tagLength: expected.length,
  });
  return timingSafeEqual(actual, expected) && phc !== undefined;
}
