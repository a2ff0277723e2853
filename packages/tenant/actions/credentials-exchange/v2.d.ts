import type { Base, CacheAPI, Client, Request } from '../common.d.ts';

/** `event` of `onExecuteCredentialsExchange`. */
export interface Event extends Base {
  readonly accessToken: { readonly customClaims: Record<string, unknown>; readonly scope: readonly string[] };
  readonly client: Client;
  readonly request: Request;
  readonly resource_server: { readonly identifier: string };
  readonly transaction: { readonly requested_scopes: readonly string[] };
}

export interface CredentialsExchangeAPI extends CacheAPI {
  readonly access: {
    deny(code: 'invalid_scope' | 'invalid_request' | 'server_error', reason: string): CredentialsExchangeAPI;
  };
  readonly accessToken: { setCustomClaim(name: string, value: unknown): CredentialsExchangeAPI };
}
