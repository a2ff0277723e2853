import { z } from 'zod';

const one = z.string().max(600);

/** A member of a query that may be said several times. */
export const severalTexts = z
  .union([one, z.array(one).max(100)])
  .transform((value) => (typeof value === 'string' ? [value] : value));
