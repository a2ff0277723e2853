import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagementClient } from 'auth0';
import { decodeJwt } from 'jose';
import { z } from 'zod';
import { loadManagementClient, type ManagementLink, toThrown } from './management-client.ts';

/** The Management API of a tenant, for commands. */
export interface ManagementAccess {
  /** Auth0's client. Its calls run one after another, and wait when the tenant responds 429. */
  readonly client: ManagementClient;
  /** The canonical domain of the tenant. */
  readonly domain: string;
  /** Identifier of its Management API: `https://<domain>/api/v2/`. */
  readonly audience: string;
  /** The client that owns the credential. */
  readonly clientId: string;
  /** The scopes of the access token, which is requested at the first use; undefined if the response does not name them. */
  readonly readScopes: () => Promise<ReadonlySet<string> | undefined>;
}

export interface AccessOptions {
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** Called before each wait after a 429. */
  readonly onWait?: (seconds: number) => void;
}

/** The Management API or the token endpoint refused a call or did not respond. The message says why. */
export class ManagementRefusal extends Error {
  override readonly name = 'ManagementRefusal';
  /** Undefined without a response. */
  readonly status: number | undefined;
  /** The reason without the status. */
  readonly reason: string;

  constructor(status: number | undefined, reason: string) {
    super(status === undefined ? reason : `the Management API answered ${status}: ${reason}`);
    this.status = status;
    this.reason = reason;
  }
}

const CALL_MS = 60_000;
/** Includes the waits after 429, so it does not limit a single call. */
const CLIENT_TIMEOUT_S = 24 * 3600;
const LONGEST_WAIT_S = 60;
const MOST_TRIES = 30;
/** Successes that need no body. */
const EMPTY_STATUSES: ReadonlySet<number> = new Set([202, 204]);
/** A token is replaced this long before it expires. */
const MARGIN_MS = 60_000;

const tokenReply = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  scope: z.string().optional(),
});
const refusalReply = z.object({
  message: z.string().optional(),
  error_description: z.string().optional(),
  error: z.string().optional(),
});

/** The error message of a response. */
function toReason(body: unknown): string {
  const { message, error_description, error } = refusalReply.safeParse(body).data ?? {};
  return message ?? error_description ?? error ?? 'no reason given';
}

/** Converts an error of Auth0's client to a `ManagementRefusal`; other errors stay unchanged. */
export function toManagementError(error: unknown): unknown {
  const thrown = toThrown(error);
  if (!(thrown instanceof Error)) return thrown;
  const { statusCode, body } = thrown as { statusCode?: unknown; body?: unknown };
  return typeof statusCode === 'number' ? new ManagementRefusal(statusCode, toReason(body)) : thrown;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The wait that the tenant requests, within limits. */
function toWaitS(headers: Headers): number {
  const resetS = Number(headers.get('x-ratelimit-reset')) - Date.now() / 1000;
  const asked = Number(headers.get('retry-after')) || resetS;
  return Math.min(LONGEST_WAIT_S, Math.max(1, Math.ceil(asked) || 1));
}

/** The `scope` claim of a token, if the response does not name the scopes. */
function readClaim(token: string): string | undefined {
  try {
    const { scope } = decodeJwt(token);
    return typeof scope === 'string' ? scope : undefined;
  } catch {
    return undefined;
  }
}

/** Opens the Management API with a machine client. Makes no call before the first use. */
export async function openManagement(
  { baseUrl, issuer, clientId, clientSecret }: ManagementLink,
  { fetch: send = fetch, onWait }: AccessOptions = {},
): Promise<ManagementAccess> {
  const audience = `${issuer}api/v2/`;
  let token = { value: '', scope: undefined as string | undefined, untilMs: 0 };
  let last: Promise<unknown> = Promise.resolve();

  /** Sends again while the response is 429; a call that was refused with 429 had no effect. */
  async function sendPatiently(path: string, make: () => Promise<RequestInit>): Promise<Response> {
    for (let tries = 1; ; tries += 1) {
      const signal = AbortSignal.timeout(CALL_MS);
      const answer = await send(`${baseUrl}${path}`, { ...(await make()), redirect: 'error', signal }).catch(
        (error: unknown) => {
          const { message, cause } = error as Error;
          const reason = cause instanceof Error ? cause.message : message;
          throw new ManagementRefusal(undefined, `the tenant at ${baseUrl} does not respond: ${reason}`);
        },
      );
      if (answer.status !== 429 || tries >= MOST_TRIES) return answer;
      await answer.body?.cancel();
      const waitS = toWaitS(answer.headers);
      onWait?.(waitS);
      await sleep(waitS * 1000);
    }
  }

  async function tokenNow(): Promise<typeof token> {
    if (token.untilMs > performance.now()) return token;
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      audience,
    });
    const answer = await sendPatiently('/oauth/token', async () => ({ method: 'POST', body }));
    const reply: unknown = await answer.json().catch(() => undefined);
    if (!answer.ok)
      throw new ManagementRefusal(answer.status, `no access token for ${clientId}: ${toReason(reply)}`);
    const granted = tokenReply.safeParse(reply);
    if (!granted.success)
      throw new ManagementRefusal(
        undefined,
        `no access token for ${clientId}: ${baseUrl} answered ${answer.status} with something other than JSON with a token`,
      );
    const { access_token: value, expires_in, scope } = granted.data;
    const untilMs = performance.now() + expires_in * 1000 - MARGIN_MS;
    token = { value, scope: scope ?? readClaim(value), untilMs };
    return token;
  }

  async function callApi(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const sent = await request.arrayBuffer();
    const answer = await sendPatiently(pathname + search, async () => {
      const headers = new Headers(request.headers);
      headers.set('authorization', `Bearer ${(await tokenNow()).value}`);
      return { method: request.method, headers, ...(sent.byteLength > 0 && { body: sent }) };
    });
    return answer.ok ? requireJson(answer) : answer;
  }

  /** Auth0's client takes an answer of another form, such as a page of a proxy, for an empty success. */
  async function requireJson(answer: Response): Promise<Response> {
    const { status, headers } = answer;
    const text = await answer.text();
    if (text === '' && EMPTY_STATUSES.has(status)) return new Response(null, { status, headers });
    if (isJson(text)) return new Response(text, { status, headers });
    throw new ManagementRefusal(undefined, `${baseUrl} answered ${status} with something other than JSON`);
  }

  /** Runs calls one after another, also after a failed one. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const own = last.then(work);
    last = own.catch(() => undefined);
    return own;
  }

  const { client } = await loadManagementClient(
    issuer,
    (url, init) => inTurn(() => callApi(new Request(url, init))),
    CLIENT_TIMEOUT_S,
  );
  return {
    client,
    domain: new URL(issuer).host,
    audience,
    clientId,
    async readScopes() {
      const { scope } = await inTurn(tokenNow);
      return scope === undefined ? undefined : new Set(scope.split(' '));
    },
  };
}
