import type { Config } from '../../config/config.ts';
import type { ConfigWarning } from '../../config/settings.ts';
import type { RoutesFileRow } from '../../resources/routes-file/routes-file-schema.ts';
import type { DesiredTenant } from '../provision/desired-tenant.ts';
import { type ReadName, scopeOf, type TenantReads } from './tenant-reads.ts';

/** Something that a check found. */
export interface Problem {
  readonly seen: string;
  /** `warn` where it does not keep the gateway from working; the check's own level where absent. */
  readonly status?: 'fail' | 'warn';
  /** What mends it; absent where no command can. */
  readonly fix?: DesiredTenant;
}

/** A route of the gateway, as far as the tenant has to know it. */
export interface KnownRow {
  readonly path: string;
  readonly audience: string;
  /** Whether callers need a token. */
  readonly isGuarded: boolean;
  readonly scopes: readonly string[];
  readonly permissions: readonly string[];
  /** Whose token goes upstream; undefined for rows of the gateway itself. */
  readonly token: RoutesFileRow['token'] | undefined;
}

/** What the live flow takes. */
export interface LiveRun {
  /** Starts a gateway that only this process calls. */
  readonly startGateway: () => Promise<{ readonly url: string; close(): Promise<void> }>;
  /** Deletes a user of the tenant. */
  readonly deleteUser: (userId: string) => Promise<void>;
  /** The user whose address this is, where sign-up did not tell. */
  readonly findUser: (email: string) => Promise<string | undefined>;
  /** Fires where the run is to end: what was made is removed all the same. */
  readonly signal: AbortSignal;
  /** A guarded path of the gateway that any user with the default scopes may call. */
  readonly guardedPath: string;
}

/** What all checks share. */
export interface Facts {
  readonly config: Config;
  readonly warnings: readonly ConfigWarning[];
  /** Where browsers reach the gateway. */
  readonly publicUrl: string;
  /** Guarded rows. */
  readonly rows: readonly KnownRow[];
  /** Upstreams of the routes file, once each. */
  readonly upstreams: readonly string[];
  /** Every audience that the gateway accepts or asks for, AUTH0_API_AUDIENCE first. */
  readonly audiences: readonly string[];
  /** The web application's. */
  readonly clientId: string;
  /** Whether the application authenticates with a key (private_key_jwt). */
  readonly usesKey: boolean;
  /** Issuer of the tenant, with its trailing slash. */
  readonly issuer: string;
  /** `https://<canonical domain>/api/v2/` */
  readonly managementAudience: string;
  /** Whether the tenant runs on this machine. */
  readonly isLocalTenant: boolean;
  readonly nowMs: () => number;
  readonly gazetteerFile: string;
  /** Scopes of the Management API that the run as a whole needs. */
  readonly neededScopes: readonly string[];
  /** Those with which the gateway ends here what ends at the tenant; none where REVOCATION_FEED is off. */
  readonly feedScopes: readonly string[];
  /** Undefined without `--live`. */
  readonly live: LiveRun | undefined;
  readonly reads: TenantReads;
}

/** A row of the table of checks: what is wanted, and what to do where it does not hold. */
export interface Check {
  readonly id: string;
  readonly wanted: string;
  /** What users or operators meet. */
  readonly symptom: string;
  /** What to do where `--fix` cannot. */
  readonly remedy: string;
  /** Where the setting is in Auth0's dashboard; empty for what is not a setting of the tenant. */
  readonly dashboard: string;
  /** What it reads of the tenant. A check whose read is not possible is silent: R1 to R6 say why. */
  readonly reads: readonly ReadName[];
  /** Scopes of the Management API that it wants beside those of its reads. */
  readonly scopes?: readonly string[];
  /** Checks whose failure is the cause of this one's: then this one is silent. */
  readonly needs?: readonly string[];
  /** Runs only with `--live`. */
  readonly isLive?: true;
  /** Of its problems; `fail` where absent. */
  readonly level?: 'warn';
  /** What it found; nothing where what is wanted holds. */
  readonly check: (facts: Facts) => readonly Problem[] | Promise<readonly Problem[]>;
}

/** What a check found, as it is reported. */
export interface Finding {
  readonly id: string;
  readonly status: 'fail' | 'warn' | 'pass';
  readonly seen: string;
  readonly wanted: string;
  readonly symptom: string;
  /** The command that mends it, or what to do by hand. */
  readonly fix: string;
  readonly dashboard: string;
}

/** The scopes of the Management API without which a check says nothing. */
export const scopesOf = ({ reads, scopes = [] }: Pick<Check, 'reads' | 'scopes'>): string[] => [
  ...reads.flatMap((read) => scopeOf(read) ?? []),
  ...scopes,
];

/** One problem, or none. */
export const problemIf = (isProblem: boolean, problem: Problem | (() => Problem)): readonly Problem[] => {
  if (!isProblem) return [];
  return [typeof problem === 'function' ? problem() : problem];
};

/** The entries of `wanted` that are not in `present`. */
export const missingFrom = (present: readonly string[] | undefined, wanted: readonly string[]): string[] =>
  wanted.filter((each) => !(present ?? []).includes(each));

/** Every scope that the rows of an audience ask for. */
export const scopesOfAudience = ({ rows }: Pick<Facts, 'rows'>, identifier: string): string[] => [
  ...new Set(rows.flatMap(({ audience, scopes }) => (audience === identifier ? scopes : []))),
];
