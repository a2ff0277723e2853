/** Parts of `event` and `api` that several triggers have. */

export type Metadata = Record<string, unknown>;

export interface Client {
  readonly client_id: string;
  readonly name: string;
  readonly metadata: Record<string, string>;
}

export interface Connection {
  readonly id: string;
  readonly name: string;
  readonly strategy: string;
  readonly metadata?: Record<string, string>;
}

export interface Request {
  readonly ip: string;
  readonly method: string;
  readonly user_agent?: string;
  readonly hostname?: string;
  readonly geoip: Record<string, unknown>;
  readonly query: Record<string, string>;
  readonly body: Record<string, unknown>;
}

export interface Profile {
  readonly email?: string;
  readonly email_verified: boolean;
  readonly name?: string;
  readonly nickname?: string;
  readonly given_name?: string;
  readonly family_name?: string;
  readonly picture?: string;
  readonly username?: string;
  readonly phone_number?: string;
  readonly phone_verified?: boolean;
  readonly app_metadata: Metadata;
  readonly user_metadata: Metadata;
}

export interface User extends Profile {
  readonly user_id: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly last_password_reset?: string;
  readonly identities: readonly {
    readonly connection: string;
    readonly user_id: string;
    readonly provider: string;
    readonly isSocial: boolean;
  }[];
  readonly enrolledFactors?: readonly { readonly type: string; readonly method?: string }[];
  readonly multifactor?: readonly string[];
}

export interface Base {
  readonly secrets: Record<string, string>;
  readonly tenant: { readonly id: string };
}

export interface CacheRecord {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly expires_at: number;
}

export type CacheResult = { readonly type: 'success' } | { readonly type: 'error'; readonly code: string };

export interface Cache {
  get(key: string): CacheRecord | undefined;
  /** `ttl` in milliseconds. */
  set(
    key: string,
    value: string,
    options?: { readonly ttl?: number; readonly expires_at?: number },
  ): CacheResult;
  delete(key: string): CacheResult;
}

export interface CacheAPI {
  readonly cache: Cache;
}
