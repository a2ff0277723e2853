import { Agent, type Dispatcher } from 'undici';
import { fetchBoundedJson } from './bounded-fetch.ts';
import { type KeyTable, toKeyTable } from './key-table.ts';
import type { SigningAlg } from './token-policy.ts';

export interface JwksSourceDeps {
  /** With its trailing slash. */
  readonly issuer: string;
  /** The origin for calls to the tenant. */
  readonly baseUrl: string;
  readonly algs: readonly SigningAlg[];
  /** For a tenant with a private certificate. Default: a new agent. */
  readonly dispatcher?: Dispatcher;
}

export interface JwksReading {
  readonly table: KeyTable;
  readonly freshForMs: number;
}

/** The tenant at `AUTH0_BASE_URL` has another issuer: a configuration error. */
export class IssuerMismatch extends Error {
  override readonly name = 'IssuerMismatch';
}

/** Timeout of one read, discovery included, in milliseconds. */
const BUDGET_MS = 3000;
const MIN_FRESH_MS = 60_000;
const MAX_FRESH_MS = 600_000;

/** Reads discovery once, then the JWKS at the path that it names. After a failure the next read starts with discovery. */
export function createJwksSource(deps: JwksSourceDeps): {
  read(last: KeyTable | undefined): Promise<JwksReading>;
  close(): void;
} {
  const ownAgent = new Agent({ connect: { timeout: BUDGET_MS } });
  const dispatcher = deps.dispatcher ?? ownAgent;
  let jwksUrl: URL | undefined;

  async function discover(signal: AbortSignal): Promise<URL> {
    const { json } = await fetchBoundedJson(
      new URL('/.well-known/openid-configuration', deps.baseUrl),
      dispatcher,
      signal,
    );
    const { issuer, jwks_uri } = (json ?? {}) as { issuer?: unknown; jwks_uri?: unknown };
    if (typeof issuer !== 'string' || typeof jwks_uri !== 'string')
      throw new Error('the discovery document is incomplete');
    if (issuer !== deps.issuer) {
      throw new IssuerMismatch(
        `the discovery document names the issuer ${JSON.stringify(issuer)}, expected ${deps.issuer}`,
      );
    }
    const { pathname, search } = new URL(jwks_uri);
    // Set the parts one by one: resolving `//host/path` against the base would change the host.
    const url = new URL(deps.baseUrl);
    url.pathname = pathname;
    url.search = search;
    return url;
  }

  return {
    async read(last) {
      const signal = AbortSignal.timeout(BUDGET_MS);
      const url = jwksUrl ?? (await discover(signal));
      jwksUrl = undefined;
      const { json, maxAgeS } = await fetchBoundedJson(url, dispatcher, signal);
      const table = await toKeyTable(json, deps.algs, last);
      if (table.usable.size === 0) throw new Error('the JWKS has no usable key');
      jwksUrl = url;
      return { table, freshForMs: Math.min(Math.max((maxAgeS ?? 0) * 1000, MIN_FRESH_MS), MAX_FRESH_MS) };
    },
    close() {
      void ownAgent.destroy();
    },
  };
}
