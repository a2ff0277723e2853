import { WireError } from '../wire/errors.ts';
import type { Hint } from '../wire/hints.ts';

export interface PageErrorText {
  readonly error: string;
  readonly description: string;
  readonly heading?: string | undefined;
  readonly hint?: Hint | undefined;
}

/** A refusal that a person sees: there is no client, or none that may be trusted, to send it to. */
export class PageError extends WireError {
  readonly heading: string;

  constructor(status: number, { error, description, heading = 'Something went wrong', hint }: PageErrorText) {
    super(status, { error, error_description: description }, description, { hint });
    this.heading = heading;
  }
}
