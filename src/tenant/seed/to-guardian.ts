import { defaultGuardian } from '../mfa/guardian.ts';
import type { Guardian } from '../state/factor-documents.ts';
import { defined } from './defaults.ts';
import type { SeedInput } from './seed-input.ts';

export const toGuardian = ({ factors, ...rest }: SeedInput['guardian']): Guardian => ({
  ...defaultGuardian,
  ...defined(rest),
  factors: { ...defaultGuardian.factors, ...defined(factors ?? {}) },
});
