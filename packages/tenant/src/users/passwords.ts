import { argon2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { readHash } from './foreign-hashes.ts';
import { toPhc } from './phc.ts';

export type HashPassword = (password: string) => Promise<string>;

const hash = promisify(argon2);

/** OWASP's floor for argon2id: 19 MiB, two passes. `memory` is in KiB. */
const cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 } as const;
const head = `argon2id$v=19$m=${cost.memory},t=${cost.passes},p=${cost.parallelism}`;

/** Hashes off the event loop; the answer is a PHC string with its own salt. */
export const hashPassword: HashPassword = async (password) => {
  const nonce = randomBytes(16);
  return toPhc(head, nonce, await hash('argon2id', { message: password, nonce, ...cost }));
};

/** Whether the hash was brought from elsewhere, or made at another cost than today's. */
export const isForeign = (phc: string): boolean => !phc.startsWith(`$${head}$`);

/** What an unknown user is measured against, so that their sign-in takes as long as anybody's. */
const nobody = toPhc(head, Buffer.alloc(16), Buffer.alloc(cost.tagLength));

/** Whether the password is that of the hash. Without a hash it costs the same, and is false. */
export async function verifyPassword(password: string, phc: string | undefined): Promise<boolean> {
  const read = readHash(phc ?? nobody);
  if ('problem' in read) throw new Error(`the stored password hash cannot be judged: ${read.problem}`);
  return (await read.judge(password)) && phc !== undefined;
}
