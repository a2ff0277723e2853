import type { ReturnUrls } from '../../browser/return-url.ts';

interface LoginPathQuery {
  readonly return_to?: string | undefined;
  readonly organization?: string | undefined;
  readonly connection?: string | undefined;
  readonly prompt?: 'login' | undefined;
  readonly screen_hint?: 'signup' | undefined;
}

/** The path that starts a browser sign-in. The caller has checked `return_to`. */
export function toLoginPath(query: LoginPathQuery = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const text = new URLSearchParams(given).toString();
  return text === '' ? '/v1/auth/login' : `/v1/auth/login?${text}`;
}

/**
 * Creates the function that turns a page into the login path which returns to it; a page that is no allowed return URL is
 * left out.
 */
export const createLoginPaths =
  ({ toReturnUrl }: Pick<ReturnUrls, 'toReturnUrl'>) =>
  (page: string): string =>
    toLoginPath(toReturnUrl(page) === undefined ? {} : { return_to: page });
