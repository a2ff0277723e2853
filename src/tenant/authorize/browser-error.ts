import { WireError } from '../errors.ts';
import type { Hint } from '../hints.ts';

/** A refusal that a person sees as a page, not a client as JSON. */
export class BrowserError extends WireError {}

export const browserError = (status: number, error: string, description: string, hint?: Hint): BrowserError =>
  new BrowserError(status, { error, error_description: description }, description, { hint });
