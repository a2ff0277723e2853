import { z } from 'zod';

const one = z.string().max(600);

/** A query parameter that may be repeated. */
export const severalTexts = z
  .union([one, z.array(one).max(100)])
  .transform((value) => (typeof value === 'string' ? [value] : value));
