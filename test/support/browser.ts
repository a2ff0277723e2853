import { navigate } from './navigate.ts';

/** A response, with its body as JSON if it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks into whatever comes
  readonly body: any;
}

export interface Browser {
  /** Sends a request like an own page: with the cookies, `X-CSRF` and the headers of browsers. */
  send(
    method: string,
    path: string,
    options?: { readonly body?: unknown; readonly headers?: Readonly<Record<string, string | undefined>> },
  ): Promise<Answer>;
  /** Navigates to a URL, by default with the host name `localhost`, without following redirects. */
  go(path: string, headers?: Readonly<Record<string, string | undefined>>): Promise<Answer>;
  /** The cookies by name. */
  readonly cookies: Map<string, string>;
}

/** Headers of a caller other than a browser: without those that `send` adds. */
export const noBrowser = { 'X-CSRF': undefined, 'Sec-Fetch-Site': undefined } as const;
export const asBearer = (token: string) => ({ ...noBrowser, Authorization: `Bearer ${token}` });

/** A simple browser with a cookie jar, on a page of the gateway's origin. */
export function createBrowser(url: string): Browser {
  const cookies = new Map<string, string>();

  function keep(setCookie: string): void {
    const [pair = '', ...attributes] = setCookie.split(';').map((part) => part.trim());
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    const isGone = attributes.some((attribute) => attribute.toLowerCase() === 'max-age=0');
    if (isGone) cookies.delete(name);
    else cookies.set(name, value);
  }

  const cookieHeader = (): string => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');

  function toAnswer(status: number, headers: Headers, text: string): Answer {
    for (const setCookie of headers.getSetCookie()) keep(setCookie);
    const isJson = headers.get('content-type')?.includes('json');
    return { status, headers, body: isJson && text !== '' ? JSON.parse(text) : text };
  }

  return {
    cookies,
    async go(path, headers = {}) {
      const cookie = cookieHeader();
      const navigated = await navigate(url, path, { ...(cookie !== '' && { cookie }), ...headers });
      return toAnswer(navigated.status, navigated.headers, navigated.text);
    },
    async send(method, path, { body, headers = {} } = {}) {
      const cookie = cookieHeader();
      const all: Record<string, string | undefined> = {
        'X-CSRF': '1',
        'Sec-Fetch-Site': 'same-origin',
        ...(cookie !== '' && { Cookie: cookie }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      };
      const sent = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
      const response = await fetch(`${url}${path}`, {
        method,
        redirect: 'manual',
        headers: sent,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return toAnswer(response.status, response.headers, await response.text());
    },
  };
}
