import type { IncomingHttpHeaders } from 'node:http';
import type { Parameters } from './parameters.ts';

export interface TenantRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: Parameters;
  readonly query: URLSearchParams;
  /** What the path's `:names` stand for, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The socket's address. */
  readonly ip: string;
}

export interface TenantReply {
  readonly status?: number;
  /** An object goes out as JSON, a string as it is. */
  readonly body: object | string;
  /** Of a string body; `text/plain` where absent. */
  readonly contentType?: string;
  /** A list goes out as that many headers, as Set-Cookie needs. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

/** One endpoint of the tenant: a row for the router, and for discovery. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** Under which name the discovery document lists it. */
  readonly listedAs?: string;
  /** Whether it is listed just now; always where absent. */
  readonly isListed?: () => boolean;
  /** Whether scripts of the clients' origins may call it (CORS). */
  readonly forBrowsers?: true;
  /** Refuses HEAD: its GET may do something, which whoever merely looks at an address does not want. */
  readonly noHead?: true;
  readonly handle: (request: TenantRequest) => TenantReply | Promise<TenantReply>;
}
