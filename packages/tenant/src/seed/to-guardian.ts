import { defaultGuardian } from '../factors/guardian.ts';
import { defined } from '../state/defaults.ts';
import type { Guardian } from '../state/factor-documents.ts';
import type { SeedInput } from './seed-input.ts';

/** The policy a seed asks for; what it leaves out is as before. */
export const toGuardian = (
  { factors, ...rest }: SeedInput['guardian'],
  before: Guardian = defaultGuardian,
): Guardian => ({
  ...before,
  ...defined(rest),
  factors: { ...before.factors, ...defined(factors ?? {}) },
});
