import { oauthError } from '../wire/errors.ts';
import type { Hint } from '../wire/hints.ts';

/** The error codes of /passwordless/start: Auth0 has one for each parameter, and `request` for all others. */
type Faulty = 'client_id' | 'connection' | 'email' | 'phone_number' | 'authParams' | 'request';

/** An error of /passwordless/start: 400, `bad.` and the parameter. */
export const bad = (faulty: Faulty, description: string, hint?: Hint) =>
  oauthError(400, `bad.${faulty}`, description, { hint, logType: 'f' });

export const missing = (parameter: Exclude<Faulty, 'request'>) =>
  bad(parameter, `Missing required property: ${parameter}`);
