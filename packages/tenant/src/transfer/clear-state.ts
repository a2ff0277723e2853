import { DEFAULT_GUARDIAN } from '../factors/guardian.ts';
import { DEFAULT_ATTACK_PROTECTION, DEFAULT_SETTINGS } from '../state/defaults.ts';
import type { State } from '../state/state.ts';

/** Deletes everything except for the signing keys, and resets the settings to their defaults. */
export function clearState(state: State): void {
  for (const [name, part] of Object.entries(state)) {
    if (name !== 'signingKeys' && typeof part === 'object' && 'trim' in part) part.trim(0);
  }
  state.settings.put(DEFAULT_SETTINGS);
  state.limits.put({ profile: 'relaxed' });
  state.attackProtection.put(DEFAULT_ATTACK_PROTECTION);
  state.guardian.put(DEFAULT_GUARDIAN);
}
