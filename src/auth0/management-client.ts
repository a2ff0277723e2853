import type { ManagementClient, ManagementError } from 'auth0';
import type { z } from 'zod';
import { GatewayError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { createClientAuthentication } from './client-authentication.ts';
import { type Conversation, toRefusal } from './error-map.ts';
import { createOwnClientTokens } from './own-client-token.ts';
import {
  createTenantCalls,
  type TenantAnswer,
  type TenantCallOptions,
  type TenantRequest,
} from './tenant-call.ts';

/** The Management API of the tenant, and the machine client that may use it. */
export interface ManagementLink {
  /** The origin for calls. */
  readonly baseUrl: string;
  /** The issuer of the canonical domain, with its trailing slash. Tokens have the audience `<issuer>api/v2/`. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * Makes a call with Auth0's client. Refusals are mapped by the table of the conversation.
 * @throws GatewayError
 */
export type AskManagement = <T>(
  conversation: Conversation,
  send: (client: ManagementClient) => PromiseLike<T>,
) => Promise<T>;

/**
 * Reads a path of the Management API that Auth0's client does not support. Returns any response of the tenant.
 * @throws GatewayError for an outage
 */
export type GetFromManagement = (
  path: string,
  options?: Pick<TenantRequest, 'maxAnswerBytes'>,
) => Promise<TenantAnswer>;

export interface ManagementCalls {
  readonly ask: AskManagement;
  /** Whether the breaker is open. */
  readonly isBroken: () => boolean;
  readonly get: GetFromManagement;
  /** The authorization header for a request that another module sends. */
  readonly authorize: () => Promise<{ readonly authorization: string }>;
  readonly close: () => Promise<void>;
}

export interface ManagementCallOptions extends Pick<TenantCallOptions, 'timeoutMs' | 'onCalled' | 'tracing'> {
  readonly link: ManagementLink;
  readonly clock: Clock;
}

/** A page of 100 users, each with 32 kB of metadata. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Path segments that are actions, at a position that otherwise has an id. */
const VERBS: ReadonlySet<string> = new Set(['revoke', 'verification-email', 'rotate-secret']);

/** The name of a path in metrics, without ids. */
function toName(pathname: string): string {
  const [, api, version, resource, ...rest] = pathname.split('/');
  const words = rest.map((word, index) => (index % 2 === 0 && !VERBS.has(word) ? '{id}' : word));
  return ['', api, version, resource, ...words].join('/');
}

async function toTenantRequest(request: Request): Promise<TenantRequest> {
  const { pathname, search } = new URL(request.url);
  const body = await request.text();
  return {
    // Auth0's client sends no other methods for what the gateway asks of it.
    method: request.method as NonNullable<TenantRequest['method']>,
    path: pathname + search,
    name: toName(pathname),
    headers: Object.fromEntries(request.headers),
    ...(body !== '' && { json: JSON.parse(body) as unknown }),
  };
}

function toResponse({ status, headers, body }: TenantAnswer): Response {
  // The client would treat a redirect as a success.
  if (status >= 300 && status < 400) throw new GatewayError('tenant_error', { reason: `status_${status}` });
  const sent = new Headers();
  for (const [name, value] of Object.entries(headers))
    for (const each of [value ?? []].flat()) sent.append(name, each);
  return new Response(body === undefined ? null : JSON.stringify(body), { status, headers: sent });
}

/** The headers of a response that represents an error of `send`. */
class ThrownHeaders extends Headers {
  readonly error: unknown;

  constructor(error: unknown) {
    super();
    this.error = error;
  }
}

/** Auth0's client clears its timeout only after a response of its `fetch`, so an error of `send` becomes a response. */
const toAnswering =
  (send: typeof fetch): typeof fetch =>
  async (url, init) => {
    try {
      return await send(url, init);
    } catch (error) {
      const headers = { value: new ThrownHeaders(error) };
      return Object.defineProperty(new Response(null, { status: 599 }), 'headers', headers);
    }
  };

/** The error of `send` behind an error of Auth0's client; other errors are returned unchanged. */
export function toThrown(error: unknown): unknown {
  const { headers } = (error as Partial<ManagementError> | undefined)?.rawResponse ?? {};
  return headers instanceof ThrownHeaders ? headers.error : error;
}

/** Maps an error of the client, which wraps the tenant's response. */
function toOwnError(conversation: Conversation, error: ManagementError): unknown {
  const { statusCode: status, body, rawResponse } = error;
  if (status === undefined) return error.cause ?? error;
  const headers = Object.fromEntries(rawResponse?.headers.entries() ?? []);
  return toRefusal(conversation, { status, headers, body });
}

/** Loads Auth0's client of the Management API. All its calls use `send`, which adds the token, and are not retried. */
export async function loadManagementClient(issuer: string, send: typeof fetch, timeoutInSeconds = 60) {
  const auth0 = await import('auth0');
  const client = new auth0.ManagementClient({
    domain: new URL(issuer).host,
    token: '',
    fetch: toAnswering(send),
    maxRetries: 0,
    timeoutInSeconds,
    telemetry: false,
  });
  return { client, isOfClient: (error: unknown) => error instanceof auth0.ManagementError };
}

/**
 * Creates the calls of the Management API. Auth0's client is loaded at the first use. The calls have their own breaker and
 * bulkhead, so that sign-ins do not wait for them, and share one token.
 */
export function createManagementCalls({ link, clock, ...calls }: ManagementCallOptions): ManagementCalls {
  const { baseUrl, issuer, clientId, clientSecret } = link;
  const { call, isBroken, close } = createTenantCalls({
    baseUrl,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    ...calls,
  });
  const credential = { secret: clientSecret };
  const authenticateClient = createClientAuthentication({ clientId, credential, issuer, clock });
  const toToken = createOwnClientTokens({ call, authenticateClient, clock });
  const audience = `${issuer}api/v2/`;

  /** Repeats the call once with a new token if the tenant refuses the cached one. */
  async function callByToken(request: TenantRequest): Promise<TenantAnswer> {
    const send = (token: string) =>
      call({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } });
    const token = await toToken(audience);
    const answer = await send(token);
    return answer.status === 401 ? send(await toToken(audience, token)) : answer;
  }

  const load = () =>
    loadManagementClient(issuer, async (url, init) =>
      toResponse(await callByToken(await toTenantRequest(new Request(url, init)))),
    );
  let loading: ReturnType<typeof load> | undefined;

  return {
    get: (path, limits) => {
      const { pathname } = new URL(path, baseUrl);
      return callByToken({ method: 'GET', path, name: toName(pathname), ...limits });
    },
    authorize: async () => ({ authorization: `Bearer ${await toToken(audience)}` }),
    async ask(conversation, send) {
      loading ??= load();
      const { client, isOfClient } = await loading;
      try {
        return await send(client);
      } catch (error) {
        const thrown = toThrown(error);
        throw isOfClient(thrown) ? toOwnError(conversation, thrown) : thrown;
      }
    },
    isBroken,
    close,
  };
}

/** @throws GatewayError `tenant_error` for an unexpected response */
export function parseAnswer<S extends z.ZodType>(schema: S, answer: unknown, reason: string): z.output<S> {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw new GatewayError('tenant_error', { reason });
  return parsed.data;
}

/** Auth0's offset pagination ends at 1,000 entries. */
const MAX_PAGES = 10;

/** The entries of all pages of a list, at most ten pages. */
export async function collectPages<T>(
  read: (page: number) => Promise<{ readonly items: readonly T[]; readonly isLast: boolean }>,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (let page = 0; page < MAX_PAGES; page++) {
    const { items, isLast } = await read(page);
    found.push(...items);
    if (isLast) break;
  }
  return found;
}
