import type { TenantContext } from '../../context.ts';
import { type ImportError, importError, redact, toImportErrors } from './import-errors.ts';
import { type ImportTarget, importUser } from './import-user.ts';
import { type ImportedUser, importedUser } from './imported-user.ts';

export interface ImportOutcome {
  readonly summary: {
    readonly failed: number;
    readonly updated: number;
    readonly inserted: number;
    readonly total: number;
  };
  readonly errors: readonly { readonly user: unknown; readonly errors: readonly ImportError[] }[];
}

/** Imports the users of a file one by one: an invalid user does not affect the others. */
export function runImport(
  context: Pick<TenantContext, 'state' | 'clock' | 'passwords'>,
  target: ImportTarget,
  users: readonly unknown[],
): ImportOutcome {
  const counts = { inserted: 0, updated: 0 };
  const errors: ImportOutcome['errors'][number][] = [];
  const isRepeated = createRepetitionCheck();
  const take = (raw: unknown): ImportError[] => {
    const parsed = importedUser.safeParse(raw, { reportInput: true });
    if (!parsed.success) return toImportErrors(parsed.error);
    const repeated = isRepeated(parsed.data);
    if (repeated !== undefined)
      return [importError('DUPLICATED_USER', '', `A user with this ${repeated} was already provided.`)];
    const outcome = importUser(context, target, parsed.data);
    if (typeof outcome === 'object') return [outcome];
    counts[outcome] += 1;
    return [];
  };
  context.state.transaction(() => {
    for (const raw of users) {
      const wrong = take(raw);
      if (wrong.length > 0) errors.push({ user: redact(raw), errors: wrong });
    }
  });
  return { summary: { failed: errors.length, ...counts, total: users.length }, errors };
}

/** Creates a function that returns the identifier by which a user repeats an earlier one. */
function createRepetitionCheck(): (user: ImportedUser) => string | undefined {
  const seen = new Set<string>();
  return (user) => {
    const names = (['email', 'username', 'phone_number', 'user_id'] as const).flatMap((field) => {
      const value = user[field];
      return value === undefined ? [] : [{ field, key: `${field}\n${value.toLowerCase()}` }];
    });
    const repeated = names.find(({ key }) => seen.has(key));
    for (const { key } of names) seen.add(key);
    return repeated?.field;
  };
}
