import { randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../lib/clock.ts';
import { readBounded } from '../lib/read-bounded.ts';
import { type ClientCredential, createClientAuthentication } from './client-authentication.ts';

const MAX_ANSWER_BYTES = 256 * 1024;
const CALL_MS = 5_000;

/** The relevant members of the discovery document. */
export interface Discovery {
  readonly issuer: string | undefined;
  /** The `Date` header in milliseconds since the epoch; undefined without one. */
  readonly dateMs: number | undefined;
}

/** A key of the key set. */
export interface PublishedKey {
  readonly kid: string;
  readonly kty: string;
  readonly alg?: string | undefined;
  readonly use?: string | undefined;
}

/** The parameters of a redirect login. */
export interface LoginProbe {
  readonly redirectUri: string;
  readonly audience?: string;
  readonly connection?: string;
}

/** Checks a tenant without the Management API. All functions throw an Error if the tenant does not respond. */
export interface TenantProbe {
  discovery(): Promise<Discovery>;
  keys(): Promise<readonly PublishedKey[]>;
  /**
   * Why the tenant refuses the client's credential; undefined if it accepts it. Uses a refresh token that does not exist,
   * so that no user is affected.
   */
  credentialFault(): Promise<string | undefined>;
  /** The error of a silent login (`prompt=none`, RFC 6749 §4.1.2.1); undefined if the tenant shows an error page. */
  loginError(probe: LoginProbe): Promise<string | undefined>;
}

export interface TenantProbeOptions {
  readonly baseUrl: string;
  /** With its trailing slash. */
  readonly issuer: string;
  readonly clientId: string;
  readonly credential: ClientCredential;
  readonly clock: Clock;
}

const text = z.string().optional().catch(undefined);
const discovery = z.object({ issuer: text });
const keySet = z.object({
  keys: z.array(z.object({ kid: z.string(), kty: z.string(), alg: text, use: text })),
});
const refusal = z.object({ error: text }).catch({});

async function readJson(response: Response): Promise<unknown> {
  const tooLarge = () => new Error(`the answer of ${response.url} is too large`);
  const bytes = response.body
    ? await readBounded(response.body, MAX_ANSWER_BYTES, tooLarge)
    : Buffer.alloc(0);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

const unexpected = (path: string, { status }: Response): Error =>
  new Error(`${path} of the tenant responded with the unexpected status ${status}`);

/** Creates a probe. Its calls are separate from the breaker and the bulkhead of the gateway's calls. */
export function createTenantProbe(options: TenantProbeOptions): TenantProbe {
  const { baseUrl, clientId } = options;
  const authenticateClient = createClientAuthentication(options);

  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    const signal = AbortSignal.timeout(CALL_MS);
    try {
      return await fetch(new URL(path, baseUrl), { ...init, redirect: 'manual', signal });
    } catch (error) {
      const { message, cause } = error as Error;
      const reason = cause instanceof Error ? cause.message : message;
      throw new Error(`the tenant at ${baseUrl} does not respond: ${reason}`, { cause: error });
    }
  }

  async function read<S extends z.ZodType>(path: string, schema: S) {
    const response = await send(path);
    const parsed = schema.safeParse(await readJson(response));
    if (!response.ok || !parsed.success) throw unexpected(path, response);
    return { response, body: parsed.data };
  }

  return {
    async discovery() {
      const { response, body } = await read('/.well-known/openid-configuration', discovery);
      const dateMs = Date.parse(response.headers.get('date') ?? '');
      return { issuer: body.issuer, dateMs: Number.isNaN(dateMs) ? undefined : dateMs };
    },

    async keys() {
      return (await read('/.well-known/jwks.json', keySet)).body.keys;
    },

    async credentialFault() {
      const path = '/oauth/token';
      const form = { grant_type: 'refresh_token', refresh_token: `none-${randomUUID()}` };
      const body = new URLSearchParams({ ...form, ...(await authenticateClient()) });
      const response = await send(path, { method: 'POST', body });
      const { error } = refusal.parse(await readJson(response));
      if (response.status === 401 || error === 'invalid_client')
        return `the tenant answered ${response.status} ${error ?? ''} for the client ${clientId}`;
      // The tenant authenticates the client before it checks the grant.
      if (error === 'invalid_grant' || error === 'unauthorized_client') return undefined;
      throw unexpected(path, response);
    },

    async loginError({ redirectUri, audience, connection }) {
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: redirectUri,
        scope: 'openid',
        prompt: 'none',
        state: randomUUID(),
        nonce: randomUUID(),
        code_challenge_method: 'S256',
        code_challenge: randomBytes(32).toString('base64url'),
        ...(audience !== undefined && { audience }),
        ...(connection !== undefined && { connection }),
      });
      const response = await send(`/authorize?${query.toString()}`);
      await response.body?.cancel();
      const location = response.headers.get('location') ?? '';
      if (!location.startsWith(redirectUri) || !URL.canParse(location)) return undefined;
      return new URL(location).searchParams.get('error') ?? 'none';
    },
  };
}
