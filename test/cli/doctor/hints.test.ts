import { expect, it } from 'vitest';
import { HINTS } from '../../../packages/tenant/test/support/hints.ts';
import { CHECKED_SETTINGS } from '../../../src/auth0/error-rules.ts';
import { CHECK_IDS, CHECKS } from '../../../src/cli/doctor/all-checks.ts';

/** Settings that both a check of the doctor and a hint of the tenant name. */
const shared = [
  ['A1', 'unknown_audience'],
  ['A6', 'user_access_denied'],
  ['C3', 'password_grant'],
  ['C4', 'refresh_token_reuse'],
  ['C6', 'callback_mismatch'],
  ['C8', 'wrong_client_secret'],
  ['C9', 'audience_ignored'],
  ['N2', 'connection_disabled'],
  ['N3', 'signup_disabled'],
  ['N4', 'username_required'],
  ['N5', 'password_policy'],
  ['N6', 'no_default_directory'],
  ['R6', 'management_scope'],
  ['T4', 'third_party_client_grant'],
] as const;

it.each(shared)('%s and the hint %s of the tenant name the same setting in the same words', (id, hint) => {
  expect(CHECKS.find((check) => check.id === id)?.dashboard).toBe(HINTS[hint]);
});

it('every check named in a reason of the log exists in the doctor', () => {
  const ids = Object.values(CHECKED_SETTINGS).map(([, id]) => id);
  expect(CHECK_IDS).toEqual(expect.arrayContaining(ids));
});
