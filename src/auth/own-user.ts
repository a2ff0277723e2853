/** Guard of routes on the user's own account: refuses tokens of other clients. */
export const OWN_USER = { user: true, ownClient: true } as const;

/** Description of this guard in the API document. */
export const OWN_TOKENS_ONLY = 'A bearer token must come from a sign-in at this gateway.';
