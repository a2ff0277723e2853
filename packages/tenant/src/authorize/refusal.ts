import type { Hint } from '../wire/hints.ts';

/** An error of an authorize request that is sent to the client: by its callback, or as the response of /oauth/par. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** An error code of RFC 6749 §4.1.2.1 or OpenID Connect Core §3.1.2.6. */
  readonly error: string;
  readonly hint: Hint | undefined;

  constructor(error: string, description: string, hint?: Hint) {
    super(description);
    this.error = error;
    this.hint = hint;
  }
}

export const invalidRequest = (description: string, hint?: Hint): Refusal =>
  new Refusal('invalid_request', description, hint);
