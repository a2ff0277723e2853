import { oauthError } from '../wire/errors.ts';
import type { Hint } from '../wire/hints.ts';

/** What /passwordless/start can find wrong: Auth0 has a code for each, and `request` for all else. */
type Faulty = 'client_id' | 'connection' | 'email' | 'phone_number' | 'authParams' | 'request';

/** The refusals of /passwordless/start: 400, `bad.` and what is wrong. */
export const bad = (faulty: Faulty, description: string, hint?: Hint) =>
  oauthError(400, `bad.${faulty}`, description, { hint, logType: 'f' });

export const missing = (parameter: Exclude<Faulty, 'request'>) =>
  bad(parameter, `Missing required property: ${parameter}`);
