interface LoginPathQuery {
  readonly return_to?: string;
  readonly organization?: string;
  readonly prompt?: 'login';
}

/** The path at which a browser begins to sign in; `return_to` is an absolute URL that was judged before. */
export function toLoginPath(query: LoginPathQuery = {}): string {
  const text = new URLSearchParams({ ...query }).toString();
  return text === '' ? '/v1/auth/login' : `/v1/auth/login?${text}`;
}
