import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server of discovery and JWKS over HTTP, whose responses can be replaced. */
export interface KeyServer {
  readonly url: string;
  /** The published key set; change it to rotate keys. */
  keys: unknown[];
  /** `Cache-Control` of the JWKS. */
  cacheControl: string;
  /** The issuer in discovery. */
  issuer: string;
  jwksUri: string;
  /** Replaces the JWKS response. */
  broken: RequestListener | undefined;
  /** Replaces the discovery response. */
  brokenDiscovery: RequestListener | undefined;
  /** Number of requests for the JWKS. */
  fetches: number;
  /** Every requested path. */
  readonly paths: string[];
  close(): Promise<void>;
}

export async function startKeyServer(issuer: string, keys: unknown[], port = 0): Promise<KeyServer> {
  const server = createServer((request, response) => {
    state.paths.push(request.url ?? '');
    if (request.url === '/.well-known/openid-configuration') {
      if (state.brokenDiscovery) return state.brokenDiscovery(request, response);
      return response.end(JSON.stringify({ issuer: state.issuer, jwks_uri: state.jwksUri }));
    }
    state.fetches += 1;
    if (state.broken) return state.broken(request, response);
    response.setHeader('cache-control', state.cacheControl);
    return response.end(JSON.stringify({ keys: state.keys }));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: bound } = server.address() as AddressInfo;
  const state: KeyServer = {
    url: `http://127.0.0.1:${bound}`,
    keys,
    cacheControl: 'max-age=300',
    issuer,
    jwksUri: `${issuer}.well-known/jwks.json`,
    broken: undefined,
    brokenDiscovery: undefined,
    fetches: 0,
    paths: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return state;
}
