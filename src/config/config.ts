import type { TrustProxy } from './address-schemas.ts';
import type { StoreLocation } from './store-url.ts';
import type { Rate } from './value-schemas.ts';
import type { Values } from './variables.ts';

export type LogLevel = Values['LOG_LEVEL'];
export type SigningAlg = Values['AUTH0_TOKEN_SIGNING_ALGS'][number];

/** An address to listen on; port 0 takes any free one. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** How the web application proves itself: exactly one of the two. */
export type ClientCredential =
  | { readonly clientSecret: string; readonly clientAssertionKey?: undefined }
  | { readonly clientSecret?: undefined; readonly clientAssertionKey: string };

/** A tenant that runs elsewhere. */
export type RemoteTenant = ClientCredential & {
  readonly kind: 'remote';
  /** Host, with its port where it has one. */
  readonly domain: string;
  /** `https://<domain>/` */
  readonly issuer: string;
  /** The origin where it is reached. */
  readonly baseUrl: string;
  readonly clientId: string;
  /** The machine client of the Management API; undefined: nothing that needs that API exists. */
  readonly management: ManagementClient | undefined;
};

/** Who may use the Management API, and where it is. */
export interface ManagementClient {
  /** The canonical domain. */
  readonly domain: string;
  /** The origin where it is reached. */
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Where the embedded tenant listens and keeps its data, whoever starts it. */
export interface TenantSettings extends Listen {
  /** Absolute path, or `:memory:`. */
  readonly dataFile: string;
  /** Absolute path of a seed that adds to the built-in one. */
  readonly seedFile?: string;
  /** Whether `host` may be more than loopback. */
  readonly allowRemote: boolean;
}

/** The tenant inside this process. Its issuer and, where unset, its client are known when it runs. */
export interface EmbeddedTenant extends TenantSettings {
  readonly kind: 'embedded';
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
}

export interface Auth0Config {
  readonly tenant: RemoteTenant | EmbeddedTenant;
  /** Budget of one call to the tenant. */
  readonly timeoutMs: number;
  readonly connection: string;
  /** Space-separated; undefined: composed from the resource routes. */
  readonly defaultScope: string | undefined;
  readonly apiAudience: string;
  /** All accepted audiences, `apiAudience` first, without doubles. */
  readonly apiAudiences: readonly string[];
  readonly signingAlgs: readonly SigningAlg[];
  /** Accepted `typ` header values, as written. */
  readonly accessTokenTypes: readonly string[];
  /** Pushed authorization requests. */
  readonly usePar: boolean;
}

export interface RateLimits {
  readonly signinAccount: Rate;
  readonly signinIp: Rate;
  readonly signupIp: Rate;
  /** Codes sent to an e-mail address or phone number. */
  readonly codeAddress: Rate;
  readonly codeIp: Rate;
  /** Wrong codes. */
  readonly codeVerify: Rate;
  readonly tokenClient: Rate;
  readonly authIp: Rate;
  /** Undefined: resource routes have no limit of their own. */
  readonly apiCaller: Rate | undefined;
}

/** The resolved configuration; deep-frozen. */
export interface Config extends Listen {
  readonly production: boolean;
  /** The origin that browsers see, without a trailing slash. */
  readonly publicUrl: string;
  readonly admin: Listen;
  readonly logLevel: LogLevel;
  /** Undefined: nobody's `X-Forwarded-*` is believed. */
  readonly trustProxy: TrustProxy | undefined;
  /** Whether HSTS binds subdomains too. */
  readonly hstsIncludeSubDomains: boolean;
  readonly auth0: Auth0Config;
  readonly passwordSignin: boolean;
  readonly signupConcealExisting: boolean;
  readonly m2mTokenCache: boolean;
  /** The first seals, all open. Undefined, in development only: `readSessionSecret` makes and keeps one. */
  readonly sessionSecrets: readonly [string, ...string[]] | undefined;
  readonly session: {
    readonly idleS: number;
    readonly maxS: number;
    readonly maxPerUser: number;
  };
  /** A file's path is absolute, or `:memory:`. */
  readonly store: StoreLocation;
  readonly allowedOrigins: readonly string[];
  /** Development: every `http://localhost:<port>` counts as allowed too. */
  readonly allowLocalhostOrigins: boolean;
  readonly tokenModeOrigins: readonly string[];
  /** A path or a URL; undefined: the first allowed origin, else a page of ours. */
  readonly defaultReturnTo: string | undefined;
  /** Absolute path of the routes that upstreams answer. */
  readonly routesFile: string | undefined;
  /** Absolute path of a module of further routes. */
  readonly routesModule: string | undefined;
  readonly maxInFlight: number;
  /** Of requests under way and of an upstream's places: above 0, at most 1. */
  readonly addressShare: number;
  /** Addresses and CIDR ranges that it does not bound, beside those of `trustProxy`. */
  readonly addressShareExempt: readonly string[];
  readonly shutdownTimeoutMs: number;
  readonly drainDelayMs: number;
  /** Whether a store that is down makes us unready also after a good start. */
  readonly readyNeedsStore: boolean;
  /** Undefined: switched off. */
  readonly rateLimits: RateLimits | undefined;
}
