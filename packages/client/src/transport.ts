import { GatehouseError, toGatehouseError } from './gatehouse-error.ts';
import type { AnswerOf, BodyOf, Operation } from './operations.ts';

export type Fetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

interface CallOptions {
  readonly id?: string;
  /** With its question mark. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The way to the gateway. */
export interface Transport {
  /** A path of the gateway as a URL. */
  readonly toUrl: (path: string) => string;
  /** The absolute URL of what a caller wants to fetch. */
  readonly resolve: (input: RequestInfo | URL) => URL;
  readonly isGateway: (url: URL) => boolean;
  /** Fetches as the page, without our header. */
  readonly fetch: Fetch;
  /** Fetches from the gateway: with the cookie of the session, and the header that shows that a page of ours asks. */
  readonly send: Fetch;
  /** Calls an operation; resolves to its good answer. @throws GatehouseError */
  readonly request: <K extends Operation>(
    operation: K,
    body?: BodyOf<K>,
    options?: CallOptions,
  ) => Promise<Response>;
  /** The same, and reads the answer. @throws GatehouseError */
  readonly call: <K extends Operation>(
    operation: K,
    body?: BodyOf<K>,
    options?: CallOptions,
  ) => Promise<AnswerOf<K>>;
}

/** What an answer holds. @throws GatehouseError where it is no JSON */
export async function readAnswer(response: Response): Promise<unknown> {
  try {
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  } catch (cause) {
    const { status } = response;
    throw new GatehouseError('unexpected_response', 'The answer was cut off or not from the gateway.', {
      status,
      cause,
    });
  }
}

/** `baseUrl` is the origin of the gateway; empty for that of the page. */
export function createTransport(baseUrl: string, fetch: Fetch): Transport {
  const base = baseUrl.replace(/\/+$/, '');
  const toUrl = (path: string): string => base + path;
  const resolve: Transport['resolve'] = (input) =>
    new URL(input instanceof Request ? input.url : input, base || location.href);

  const send: Transport['send'] = (input, init = {}) => {
    const headers = new Headers(init.headers ?? (input instanceof Request ? input.headers : undefined));
    headers.set('X-CSRF', '1');
    return fetch(input, { ...init, headers, credentials: 'include' });
  };

  const request: Transport['request'] = async (operation, body, { id = '', query = '', headers } = {}) => {
    const [method = '', path = ''] = operation.split(' ');
    const url = toUrl(path.replace('{id}', encodeURIComponent(id)) + query);
    const type = body === undefined ? undefined : { 'Content-Type': 'application/json' };
    let response: Response;
    try {
      response = await send(url, {
        method,
        cache: 'no-store',
        headers: { Accept: 'application/json', ...type, ...headers },
        ...(type && { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw new GatehouseError('network_error', 'The gateway cannot be reached. Try again later.', { cause });
    }
    if (!response.ok) throw await toGatehouseError(response);
    return response;
  };

  return {
    toUrl,
    resolve,
    isGateway: ({ origin }) => origin === new URL(base || location.href).origin,
    fetch,
    send,
    request,
    // The types are those of the document that the gateway answers by.
    call: async (operation, body, options) =>
      (await readAnswer(await request(operation, body, options))) as never,
  };
}
