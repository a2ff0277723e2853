import { Agent, type Dispatcher } from 'undici';
import { fetchBoundedJson } from './bounded-fetch.ts';
import { type KeyTable, toKeyTable } from './key-table.ts';
import type { SigningAlg } from './token-policy.ts';

export interface JwksSourceDeps {
  /** With its trailing slash. */
  readonly issuer: string;
  /** The origin at which the tenant is reached. */
  readonly baseUrl: string;
  readonly algs: readonly SigningAlg[];
  /** For a tenant behind a private certificate; an agent of its own where absent. */
  readonly dispatcher?: Dispatcher;
}

export interface JwksReading {
  readonly table: KeyTable;
  readonly freshForMs: number;
}

/** The tenant at `AUTH0_BASE_URL` says that it is another issuer: a wrong setting. */
export class IssuerMismatch extends Error {
  override readonly name = 'IssuerMismatch';
}

/** Milliseconds that one reading may take in all, discovery included. */
const BUDGET_MS = 3000;
const MIN_FRESH_MS = 60_000;
const MAX_FRESH_MS = 600_000;

/** Reads discovery once, then the JWKS at the path that it names; a failure makes the next reading begin anew. */
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
      throw new Error('discovery is incomplete');
    if (issuer !== deps.issuer) {
      throw new IssuerMismatch(`discovery names the issuer ${JSON.stringify(issuer)}, wanted ${deps.issuer}`);
    }
    const { pathname, search } = new URL(jwks_uri);
    // Set part by part: resolving `//host/path` against the base would leave the tenant.
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
