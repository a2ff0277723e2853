import type { Hint } from '../wire/hints.ts';

/** A refusal of an authorize request that its client is told: by its callback, or in the answer of /oauth/par. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6. */
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
