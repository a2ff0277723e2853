import { argon2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { parseHash } from './foreign-hashes.ts';
import { toPhc } from './phc.ts';

export type HashPassword = (password: string) => Promise<string>;

/** The cost of a new argon2id hash. */
export interface PasswordCost {
  /** In KiB, at least 8. */
  readonly memory: number;
  readonly passes: number;
}

/** Hashes and checks passwords at one cost. */
export interface Passwords {
  /** Hashes off the event loop; returns a PHC string with a new salt. */
  readonly hash: HashPassword;
  /** Whether the password matches the hash. Without a hash it costs the same and returns false. */
  readonly verify: (password: string, phc: string | undefined) => Promise<boolean>;
  /** Whether the hash was imported, or created at a different cost. */
  readonly isForeign: (phc: string) => boolean;
}

/** OWASP's minimum for argon2id: 19 MiB, two passes. */
const DEFAULT_COST: PasswordCost = { memory: 19_456, passes: 2 };
const TAG_LENGTH = 32;

const derive = promisify(argon2);

export function createPasswords({ memory, passes }: PasswordCost = DEFAULT_COST): Passwords {
  const head = `argon2id$v=19$m=${memory},t=${passes},p=1`;
  /** The hash for an unknown user, so that their sign-in takes as long as a known user's. */
  const dummyHash = toPhc(head, Buffer.alloc(16), Buffer.alloc(TAG_LENGTH));
  return {
    async hash(message) {
      const nonce = randomBytes(16);
      const parameters = { message, nonce, memory, passes, parallelism: 1, tagLength: TAG_LENGTH };
      return toPhc(head, nonce, await derive('argon2id', parameters));
    },
    async verify(password, phc) {
      const read = parseHash(phc ?? dummyHash);
      if ('problem' in read) throw new Error(`the stored password hash is not supported: ${read.problem}`);
      return (await read.verify(password)) && phc !== undefined;
    },
    isForeign: (phc) => !phc.startsWith(`$${head}$`),
  };
}

/** Hashes at the default cost, for a store that no running tenant uses. */
export const hashPassword: HashPassword = createPasswords().hash;
