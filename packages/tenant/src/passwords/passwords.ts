import { argon2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { readHash } from './foreign-hashes.ts';
import { toPhc } from './phc.ts';

export type HashPassword = (password: string) => Promise<string>;

/** What a new argon2id hash costs. */
export interface PasswordCost {
  /** In KiB, 8 at least. */
  readonly memory: number;
  readonly passes: number;
}

/** Hashes and checks passwords at one cost. */
export interface Passwords {
  /** Hashes off the event loop; the answer is a PHC string with its own salt. */
  readonly hash: HashPassword;
  /** Whether the password is that of the hash. Without a hash it costs the same, and is false. */
  readonly verify: (password: string, phc: string | undefined) => Promise<boolean>;
  /** Whether the hash was brought from elsewhere, or made at another cost than this. */
  readonly isForeign: (phc: string) => boolean;
}

/** The minimum that OWASP recommends for argon2id: 19 MiB, two passes. */
const defaultCost: PasswordCost = { memory: 19_456, passes: 2 };
const tagLength = 32;

const derive = promisify(argon2);

export function createPasswords({ memory, passes }: PasswordCost = defaultCost): Passwords {
  const head = `argon2id$v=19$m=${memory},t=${passes},p=1`;
  /** What an unknown user is measured against, so that their sign-in takes as long as anybody's. */
  const nobody = toPhc(head, Buffer.alloc(16), Buffer.alloc(tagLength));
  return {
    async hash(message) {
      const nonce = randomBytes(16);
      const parameters = { message, nonce, memory, passes, parallelism: 1, tagLength };
      return toPhc(head, nonce, await derive('argon2id', parameters));
    },
    async verify(password, phc) {
      const read = readHash(phc ?? nobody);
      if ('problem' in read) throw new Error(`the stored password hash cannot be judged: ${read.problem}`);
      return (await read.judge(password)) && phc !== undefined;
    },
    isForeign: (phc) => !phc.startsWith(`$${head}$`),
  };
}

/** At the default cost, for a store that no tenant runs on. */
export const hashPassword: HashPassword = createPasswords().hash;
