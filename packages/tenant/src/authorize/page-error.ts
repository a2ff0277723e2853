import { WireError } from '../wire/errors.ts';
import type { Hint } from '../wire/hints.ts';

export interface PageErrorText {
  readonly error: string;
  readonly description: string;
  readonly heading?: string | undefined;
  readonly hint?: Hint | undefined;
  /** The URL that was refused. */
  readonly url?: string | undefined;
  /** The path of the console's page that changes the setting. */
  readonly setting?: string | undefined;
}

/** An error for the user: there is no trusted client to send it to. */
export class PageError extends WireError {
  readonly heading: string;

  constructor(
    status: number,
    { error, description, heading = 'Something went wrong', ...options }: PageErrorText,
  ) {
    super(status, { error, error_description: description }, description, options);
    this.heading = heading;
  }
}
