import { oauthError } from '../errors.ts';
import type { Hint } from '../hints.ts';

/** The refusals of /passwordless/start: 400, `bad.` and the parameter. */
export const bad = (parameter: string, description: string, hint?: Hint) =>
  oauthError(400, `bad.${parameter}`, description, { hint, logType: 'f' });

export const missing = (parameter: string) => bad(parameter, `Missing required property: ${parameter}`);
