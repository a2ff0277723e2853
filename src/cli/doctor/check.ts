import type { Config } from '../../config/config.ts';
import type { ConfigWarning } from '../../config/settings.ts';
import type { RoutesFileRow } from '../../resources/routes-file/routes-file-schema.ts';
import type { DesiredTenant } from '../provision/desired-tenant.ts';
import { type ReadName, scopeOf, type TenantReads } from './tenant-reads.ts';

/** Something that a check found. */
export interface Problem {
  readonly seen: string;
  /** `warn` if the gateway works nevertheless. Default: the check's level. */
  readonly status?: 'fail' | 'warn';
  /** The desired state that repairs it; absent if no command can. */
  readonly fix?: DesiredTenant;
}

/** The properties of a route that concern the tenant. */
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

/** What the live flow uses: a gateway, and calls of the tenant. */
export interface LiveRun {
  /** Starts a gateway that only this process calls. */
  readonly startGateway: () => Promise<{ readonly url: string; close(): Promise<void> }>;
  /** Deletes a user of the tenant. */
  readonly deleteUser: (userId: string) => Promise<void>;
  /** The user with this address, if the response to sign-up has no id. */
  readonly findUser: (email: string) => Promise<string | undefined>;
  /** Aborts when the run must end; what was created is removed. */
  readonly signal: AbortSignal;
  /** A guarded path of the gateway that any user with the default scopes may call. */
  readonly guardedPath: string;
}

/** The facts that all checks share. */
export interface Facts {
  readonly config: Config;
  readonly warnings: readonly ConfigWarning[];
  /** The URL of the gateway for browsers. */
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
  /** The live flow; undefined without `--live`. */
  readonly live: LiveRun | undefined;
  readonly reads: TenantReads;
}

/** A row of the table of checks: the desired state, and what to do if it is different. */
export interface Check {
  readonly id: string;
  readonly wanted: string;
  /** What users or operators notice. */
  readonly symptom: string;
  /** What to do if `--fix` cannot. */
  readonly remedy: string;
  /** The place of the setting in Auth0's dashboard; empty if it is not a setting of the tenant. */
  readonly dashboard: string;
  /** The reads of the check. If one is not possible, the check reports nothing: R1 to R6 report the reason. */
  readonly reads: readonly ReadName[];
  /** Scopes of the Management API in addition to those of its reads. */
  readonly scopes?: readonly string[];
  /** Checks whose failure is the cause of this one's: then this one is silent. */
  readonly needs?: readonly string[];
  /** Runs only with `--live`. */
  readonly isLive?: true;
  /** The level of its problems. Default: `fail`. */
  readonly level?: 'warn';
  /** The problems found; empty if the state is as desired. */
  readonly check: (facts: Facts) => readonly Problem[] | Promise<readonly Problem[]>;
}

/** A finding of a check, as reported. */
export interface Finding {
  readonly id: string;
  readonly status: 'fail' | 'warn' | 'pass';
  readonly seen: string;
  readonly wanted: string;
  readonly symptom: string;
  /** The command that repairs it, or what to do manually. */
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
