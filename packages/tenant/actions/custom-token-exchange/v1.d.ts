import type { Base, CacheAPI, Client, Request } from '../common.d.ts';

/** `event` of `onExecuteCustomTokenExchange`. */
export interface Event extends Base {
  readonly client: Client;
  readonly request: Request;
  readonly resource_server?: { readonly identifier: string };
  readonly transaction: {
    readonly subject_token: string;
    readonly subject_token_type: string;
    readonly requested_token_type?: string;
    readonly requested_scopes: readonly string[];
  };
}

export interface CustomTokenExchangeAPI extends CacheAPI {
  readonly access: {
    deny(code: string, reason: string): CustomTokenExchangeAPI;
    rejectInvalidSubjectToken(reason: string): CustomTokenExchangeAPI;
  };
  readonly authentication: {
    setUserById(id: string): CustomTokenExchangeAPI;
    setUserByConnection(
      connection: string,
      profile: { readonly user_id: string; readonly [name: string]: unknown },
      options?: {
        readonly creationBehavior?: 'create_if_not_exists' | 'none';
        readonly updateBehavior?: 'none';
      },
    ): CustomTokenExchangeAPI;
  };
  readonly user: {
    setAppMetadata(name: string, value: unknown): CustomTokenExchangeAPI;
    setUserMetadata(name: string, value: unknown): CustomTokenExchangeAPI;
  };
}
