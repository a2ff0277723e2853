import type { State } from '../state/state.ts';

/** Forgets everything but the keys that sign tokens and the settings, which are there to be replaced. */
export function clearState(state: State): void {
  const { signingKeys, ...parts } = state;
  for (const part of Object.values(parts)) {
    if (typeof part === 'object' && 'trim' in part) part.trim(0);
  }
}
