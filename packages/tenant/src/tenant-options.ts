import type { MakeSigningKey } from './keys/make-signing-key.ts';
import type { TravelClock } from './lib/clock.ts';
import type { PasswordCost } from './passwords/passwords.ts';
import type { BuiltInSeed } from './seed/built-in.ts';
import type { SeedSource } from './seed/read-seed.ts';
import type { Certificates } from './transport/issue-certificates.ts';

export interface TenantOptions {
  /** The tenant's time, which `/_tenant/clock` moves. Default: a new clock; pass one to share it with the program. */
  readonly clock?: TravelClock;
  /** The address to listen on. Default: `127.0.0.1`, and `::1` if available. */
  readonly host?: string;
  /** Default: 0, which selects a free port. */
  readonly port?: number;
  /** The host name in the issuer and the certificate. Default: `localhost`. */
  readonly domain?: string;
  /** The scheme of the issuer and of all endpoints in discovery. The port serves both. Default: `https`. */
  readonly scheme?: 'https' | 'http';
  /**
   * A SQLite file, created if necessary, with the certificates in the same directory; or `:memory:`. Default:
   * `:memory:`.
   */
  readonly dataFile?: string;
  /** Replaces the package's own clients, API and user as the seed of an empty tenant. */
  readonly builtInSeed?: BuiltInSeed;
  /** A seed file (YAML or JSON) or its content, which adds to the built-in seed and can override its entries. */
  readonly seed?: SeedSource;
  /** The host program's command for the tenant's data, used in messages, such as `gatehouse tenant`. */
  readonly command?: string;
  /**
   * Accepts other Host names than loopback and the domain. Callers that are not on loopback need the control token for
   * the control API and the console, and signing in as a user without their password is disabled. Default: false.
   */
  readonly allowRemote?: boolean;
  /** The token that `allowRemote` requires. Default: a random one. */
  readonly controlToken?: string;
  /** Whether programs and the login page can sign in as a user without a password. Default: unless `allowRemote`. */
  readonly signInAs?: boolean;
  /**
   * Further origins that clients redirect browsers to after a sign-in, by client id, in addition to those of their
   * settings: origins, or `http://localhost:*` for any port.
   */
  readonly redirectOrigins?: Readonly<Record<string, readonly string[]>>;
  /** Receives messages for the operator. Default: standard error. */
  readonly warn?: (message: string) => void;
  /** Used for requests to the clients' servers. Default: the global `fetch`. */
  readonly fetchClients?: typeof fetch;
  /** The cost of a password hash. Default: OWASP's minimum. Tests with many sign-ins can lower it. */
  readonly passwordCost?: PasswordCost;
  /** The certificates of the port. Default: those beside the data file, or new ones. */
  readonly certificates?: Certificates;
  /** The time that all Actions of a trigger may take, in milliseconds. Default: 20,000, as on Auth0. */
  readonly actionTimeLimitMs?: number;
  /** Creates token signing keys. Default: new RSA keys of 2048 bits. */
  readonly makeSigningKey?: MakeSigningKey;
}
