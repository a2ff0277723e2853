import type { TenantContext } from '../context.ts';

/**
 * Puts a hash of our own in the place of a foreign one, now that the password is known to be right. Answers with the
 * hash that this password matches: the one that was put, or that which a sign-in at the same time has put; the one
 * given where the password has changed meanwhile.
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
