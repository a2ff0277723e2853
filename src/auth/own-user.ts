/** A token of another client must not act on the account of its user. */
export const OWN_USER = { user: true, ownClient: true } as const;

/** What the API document says of rows that are guarded so. */
export const OWN_TOKENS_ONLY = 'A bearer token must come from a sign-in at this gateway.';
