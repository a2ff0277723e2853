import { WireError } from '../wire/errors.ts';
import type { Hint } from '../wire/hints.ts';

export interface PageErrorText {
  readonly error: string;
  readonly description: string;
  readonly heading?: string | undefined;
  readonly hint?: Hint | undefined;
}

/** An error for the user: there is no trusted client to send it to. */
export class PageError extends WireError {
  readonly heading: string;

  constructor(status: number, { error, description, heading = 'Something went wrong', hint }: PageErrorText) {
    super(status, { error, error_description: description }, description, { hint });
    this.heading = heading;
  }
}
