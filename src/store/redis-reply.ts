import { toOutage } from './outage.ts';

/** Awaits a reply and reads it. @throws GatewayError `store_unavailable` for any failure and for an unexpected reply */
export async function ask<T>(reply: Promise<unknown>, read: (reply: unknown) => T): Promise<T> {
  try {
    return read(await reply);
  } catch (error) {
    throw toOutage(error);
  }
}

export const toFlag = (reply: unknown): boolean => {
  if (reply !== 0 && reply !== 1) throw new Error('unexpected reply: not a flag');
  return reply === 1;
};

export const toNumber = (reply: unknown): number => {
  const number = typeof reply === 'string' && reply !== '' ? Number(reply) : reply;
  if (typeof number !== 'number' || !Number.isFinite(number))
    throw new Error('unexpected reply: not a number');
  return number;
};

export const toText = (reply: unknown): string => {
  if (typeof reply !== 'string') throw new Error('unexpected reply: not text');
  return reply;
};

export const toList = (reply: unknown): readonly unknown[] => {
  if (!Array.isArray(reply)) throw new Error('unexpected reply: not a list');
  return reply;
};
