import { randomBytes } from 'node:crypto';

const ACCEPTABLE = /^[A-Za-z0-9._-]{1,128}$/;

// Random bytes are generated for many ids at once, since the system call is the main cost.
const ID_BYTES = 16;
const POOLED_IDS = 256;

/** Creates request ids: the caller's `X-Request-Id` if well-formed, else 128 random bits. */
export function createRequestIds(): (received: string | undefined) => string {
  let pool = randomBytes(ID_BYTES * POOLED_IDS);
  let next = 0;
  return (received) => {
    if (received !== undefined && ACCEPTABLE.test(received)) return received;
    if (next === pool.length) {
      pool = randomBytes(ID_BYTES * POOLED_IDS);
      next = 0;
    }
    next += ID_BYTES;
    return pool.toString('base64url', next - ID_BYTES, next);
  };
}
