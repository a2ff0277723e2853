import { GatehouseError, toGatehouseError } from './gatehouse-error.ts';
import type { AnswerOf, BodyOf, Operation } from './operations.ts';

export type Fetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

interface CallOptions {
  readonly id?: string;
  /** Includes the question mark. */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends requests to the gateway. */
export interface Transport {
  /** A path of the gateway as a URL. */
  readonly toUrl: (path: string) => string;
  /** The absolute URL of a fetch input. */
  readonly resolve: (input: RequestInfo | URL) => URL;
  readonly isGateway: (url: URL) => boolean;
  /** The plain `fetch`, without `X-CSRF`. */
  readonly fetch: Fetch;
  /** Fetches from the gateway with the session cookie and `X-CSRF`. */
  readonly send: Fetch;
  /** Calls an operation; resolves to its successful response. @throws GatehouseError */
  readonly request: <K extends Operation>(
    operation: K,
    body?: BodyOf<K>,
    options?: CallOptions,
  ) => Promise<Response>;
  /** The same, and reads the response body. @throws GatehouseError */
  readonly call: <K extends Operation>(
    operation: K,
    body?: BodyOf<K>,
    options?: CallOptions,
  ) => Promise<AnswerOf<K>>;
}

/** Reads the body of a response. @throws GatehouseError if it is not JSON */
export async function readAnswer(response: Response): Promise<unknown> {
  try {
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  } catch (cause) {
    const { status } = response;
    throw new GatehouseError('unexpected_response', 'The response was incomplete or not from the gateway.', {
      status,
      cause,
    });
  }
}

/** `baseUrl` is the origin of the gateway; empty: the origin of the page. */
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
    // The types come from the gateway's API document.
    call: async (operation, body, options) =>
      (await readAnswer(await request(operation, body, options))) as never,
  };
}
