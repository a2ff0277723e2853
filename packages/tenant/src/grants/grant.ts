import type { TenantContext } from '../context.ts';
import type { Client } from '../state/settings-documents.ts';
import type { LogEntry } from '../state/token-documents.ts';
import type { Hint } from '../wire/hints.ts';
import type { Parameters } from '../wire/parameters.ts';

/** A call of /oauth/token whose client is known, authenticated, and allowed this grant type. */
export interface TokenRequest {
  readonly client: Client;
  readonly body: Parameters;
  /** Thumbprint of the key that a DPoP proof has proven; undefined: there was none. */
  readonly jkt: string | undefined;
  /** Whose address it counts for. */
  readonly ip: string;
}

export interface Exchange {
  readonly reply: object;
  /** Why the reply may be less than was asked for. */
  readonly hint?: Hint;
  /** What the log says besides the client and the address. */
  readonly log?: Pick<
    LogEntry,
    'user_id' | 'user_name' | 'connection' | 'audience' | 'scope' | 'description'
  >;
}

/** One grant type: how it is exchanged, and the event codes of its success and failure. */
export interface Grant {
  /** Undefined: the sign-in's own `s` says it all. */
  readonly success: string | undefined;
  readonly failure: string;
  /** Whether clients that cannot prove themselves may use it. */
  readonly publicClients: boolean;
  readonly exchange: (context: TenantContext, request: TokenRequest) => Promise<Exchange>;
}
