import { z } from 'zod';

/**
 * Metadata of a session or a refresh token: at most 25 entries, with names and values of up to 255 characters; null:
 * none.
 */
export const metadataOf = (name: string) =>
  z
    .record(z.string().max(255), z.string().max(255))
    .refine((value) => Object.keys(value).length <= 25, `${name} has too many properties, maximum 25`)
    .nullable();
