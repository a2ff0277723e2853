import type { ReturnUrls } from '../../browser/return-url.ts';

interface LoginPathQuery {
  readonly return_to?: string | undefined;
  readonly organization?: string | undefined;
  readonly connection?: string | undefined;
  readonly prompt?: 'login' | undefined;
  readonly screen_hint?: 'signup' | undefined;
}

/** The path at which a browser begins to sign in. The caller has checked `return_to`. */
export function toLoginPath(query: LoginPathQuery = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const text = new URLSearchParams(given).toString();
  return text === '' ? '/v1/auth/login' : `/v1/auth/login?${text}`;
}

/** Makes the path at which a browser begins to sign in on its way to a page of ours; one that nobody can be sent back to is left out. */
export const createLoginPaths =
  ({ toReturnUrl }: Pick<ReturnUrls, 'toReturnUrl'>) =>
  (page: string): string =>
    toLoginPath(toReturnUrl(page) === undefined ? {} : { return_to: page });
