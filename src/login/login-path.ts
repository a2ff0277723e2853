/** The path at which a browser begins to sign in, to return to an absolute URL that was judged before. */
export const toLoginPath = (returnTo?: string): string =>
  returnTo === undefined
    ? '/v1/auth/login'
    : `/v1/auth/login?${new URLSearchParams({ return_to: returnTo }).toString()}`;
