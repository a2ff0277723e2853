import type { Base, CacheAPI, Client, Connection, Metadata, Request, User } from '../common.d.ts';

/** `event` of `onExecutePostLogin` and `onContinuePostLogin`. */
export interface Event extends Base {
  readonly authentication?: {
    readonly methods: readonly { readonly name: string; readonly timestamp: string }[];
  };
  readonly authorization?: { readonly roles: readonly string[] };
  readonly client: Client;
  readonly connection: Connection;
  readonly organization?: {
    readonly id: string;
    readonly name: string;
    readonly display_name?: string;
    readonly metadata: Metadata;
  };
  readonly refresh_token?: {
    readonly id: string;
    readonly client_id?: string;
    readonly user_id?: string;
    readonly session_id?: string;
    readonly created_at: string;
    readonly expires_at?: string;
    readonly idle_expires_at?: string;
    readonly last_exchanged_at?: string;
    readonly rotating?: boolean;
    readonly metadata?: Metadata;
  };
  readonly request: Request;
  readonly resource_server?: { readonly identifier: string };
  readonly session?: {
    readonly id: string;
    readonly user_id?: string;
    readonly authenticated_at?: string;
    readonly last_interacted_at?: string;
    readonly expires_at?: string;
    readonly idle_expires_at?: string;
    readonly clients?: readonly { readonly client_id: string }[];
    readonly metadata?: Metadata;
  };
  readonly stats: { readonly logins_count: number };
  readonly transaction?: {
    readonly protocol?:
      | 'oidc-basic-profile'
      | 'oidc-implicit-profile'
      | 'oidc-hybrid-profile'
      | 'oauth2-password'
      | 'oauth2-resource-owner'
      | 'oauth2-refresh-token'
      | 'oauth2-token-exchange';
    readonly requested_scopes?: readonly string[];
    readonly acr_values?: readonly string[];
    readonly ui_locales?: readonly string[];
    readonly login_hint?: string;
    readonly prompt?: readonly string[];
    readonly redirect_uri?: string;
    readonly response_mode?: string;
    readonly response_type?: readonly string[];
    readonly state?: string;
    readonly metadata: Metadata;
  };
  readonly user: User;
}

interface Factor {
  readonly type: string;
  readonly options?: object;
}

/** `api` of the trigger post-login, as far as the tenant carries it out. */
export interface PostLoginAPI extends CacheAPI {
  readonly access: { deny(reason: string): PostLoginAPI };
  readonly accessToken: {
    setCustomClaim(name: string, value: unknown): PostLoginAPI;
    addScope(scope: string): PostLoginAPI;
    removeScope(scope: string): PostLoginAPI;
  };
  readonly idToken: { setCustomClaim(name: string, value: unknown): PostLoginAPI };
  readonly authentication: {
    challengeWith(factor: Factor, options?: { readonly additionalFactors?: readonly Factor[] }): PostLoginAPI;
    challengeWithAny(factors: readonly Factor[]): PostLoginAPI;
    enrollWith(factor: Factor, options?: { readonly additionalFactors?: readonly Factor[] }): PostLoginAPI;
    enrollWithAny(factors: readonly Factor[]): PostLoginAPI;
  };
  readonly multifactor: {
    enable(
      provider: 'any' | 'none' | 'guardian' | 'google-authenticator' | 'duo',
      options?: { readonly allowRememberBrowser?: boolean },
    ): PostLoginAPI;
  };
  readonly redirect: {
    canRedirect(): boolean;
    encodeToken(options: {
      readonly secret: string;
      readonly payload: Record<string, unknown>;
      readonly expiresInSeconds?: number;
    }): string;
    sendUserTo(url: string, options?: { readonly query?: Record<string, string> }): PostLoginAPI;
    validateToken(options: {
      readonly secret: string;
      readonly tokenParameterName?: string;
    }): Record<string, unknown>;
  };
  readonly refreshToken: { revoke(reason: string): PostLoginAPI };
  readonly rules: { wasExecuted(id: string): boolean };
  readonly session: {
    revoke(reason: string, options?: { readonly preserveRefreshTokens?: boolean }): PostLoginAPI;
  };
  readonly transaction: { setMetadata(name: string, value: unknown): PostLoginAPI };
  readonly user: {
    setAppMetadata(name: string, value: unknown): PostLoginAPI;
    setUserMetadata(name: string, value: unknown): PostLoginAPI;
  };
  readonly validation: { error(code: string, message: string): PostLoginAPI };
}
