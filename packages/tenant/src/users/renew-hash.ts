import type { TenantContext } from '../context.ts';

/**
 * Replaces a foreign hash with one of the tenant's own format, after the password has been verified. Returns the hash
 * that the password matches now: the new one, the one that a parallel sign-in has stored, or `matched` if the password
 * has been changed meanwhile.
 */
export async function renewHash(
  { state, passwords }: Pick<TenantContext, 'state' | 'passwords'>,
  userId: string,
  password: string,
  matched: string,
): Promise<string> {
  if (!passwords.isForeign(matched)) return matched;
  const { credentials, transaction } = state;
  const renewed = await passwords.hash(password);
  const stored = transaction(() => {
    const current = credentials.get(userId);
    if (current?.hash !== matched) return current?.hash;
    credentials.put({ ...current, hash: renewed });
    return renewed;
  });
  if (stored === undefined || stored === renewed) return stored ?? matched;
  return (await passwords.verify(password, stored)) ? stored : matched;
}
