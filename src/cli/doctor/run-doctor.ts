import type { ManagementAccess } from '../../auth0/management-access.ts';
import { openManagement } from '../../auth0/management-access.ts';
import { createTenantProbe } from '../../auth0/tenant-probe.ts';
import type { ConfigWarning } from '../../config/settings.ts';
import type { TenantLink } from '../../deps.ts';
import type { Clock } from '../../lib/clock.ts';
import type { StartSources } from '../../startup/read-sources.ts';
import { applyDesired } from '../provision/apply-desired.ts';
import { toKinds, toScopes } from '../provision/management-scopes.ts';
import type { Step } from '../provision/step.ts';
import { CHECKS } from './all-checks.ts';
import { scopesOf } from './check.ts';
import { toFacts } from './facts.ts';
import { createLiveRun } from './live-run.ts';
import { mergeDesired } from './merge-desired.ts';
import { type Report, runChecks, type Selection } from './run-checks.ts';
import { createTenantReads } from './tenant-reads.ts';

export interface DoctorOptions extends Selection {
  /** Whether to sign in, with a user that is made and removed. */
  readonly isLive?: boolean;
  /** Whether to repair what can be repaired. */
  readonly isFixing?: boolean;
  /** Aborts when the run must end early; what it created is removed. */
  readonly signal?: AbortSignal;
  /** Called before each check runs; `done` of `total` are behind. */
  readonly onCheck?: (id: string, done: number, total: number) => void;
  /** Called for slow steps and for information besides the findings. */
  readonly onNote?: (message: string) => void;
}

export interface DoctorInput {
  readonly sources: StartSources;
  readonly warnings: readonly ConfigWarning[];
  /** The tenant, and the clients of the gateway there. */
  readonly link: TenantLink;
  readonly clock: Clock;
  /** Default: the place data of this installation. */
  readonly gazetteerFile?: string;
}

/** The findings of the run, and its repairs. */
export interface DoctorReport extends Report {
  readonly fixed: readonly Step[];
}

const NO_CREDENTIAL =
  'AUTH0_MGMT_CLIENT_ID and AUTH0_MGMT_CLIENT_SECRET are not set: there is no access to the Management API';

/** Opens the Management API. Throws without a credential for it. */
async function open({ management }: TenantLink, note: (message: string) => void): Promise<ManagementAccess> {
  if (!management) throw new Error(NO_CREDENTIAL);
  return openManagement(management, {
    onWait: (seconds) => note(`the tenant asks to wait: ${seconds} s`),
  });
}

const MAX_ROUNDS = 3;
const EVERYTHING = {
  tenant: {},
  apis: [{ identifier: 'any' }],
  clients: [{ client_id: 'any' }],
  connections: [{ name: 'any' }],
  protection: { 'brute-force-protection': {} },
};
/** The live flow removes its user. */
const LIVE_SCOPES = ['read:users', 'delete:users'];

/** The scopes of the Management API for a run: those of all checks, of deleting the user, and of repairs. */
export function toNeededScopes({ isLive = false, isFixing = false }: DoctorOptions = {}): string[] {
  return [
    ...new Set([
      ...CHECKS.flatMap(scopesOf),
      ...(isLive ? LIVE_SCOPES : []),
      ...(isFixing ? toScopes(toKinds(EVERYTHING), { writes: true }) : []),
    ]),
  ];
}

/**
 * Checks the configuration and the tenant that it names. All checks run before the report; with `isFixing`, what can be
 * fixed is handed to provision, and the checks run once more. Throws `ProvisionError` where the change is refused.
 */
export async function runDoctor(input: DoctorInput, options: DoctorOptions = {}): Promise<DoctorReport> {
  const { isLive = false, isFixing = false, onCheck, onNote = () => undefined } = options;
  const signal = options.signal ?? new AbortController().signal;

  async function examine(): Promise<Report> {
    const probe = createTenantProbe({ ...input.link, clock: input.clock });
    const facts = toFacts({
      ...input,
      reads: createTenantReads(probe, () => open(input.link, onNote)),
      nowMs: () => input.clock.now(),
      neededScopes: toNeededScopes(options),
      live: isLive ? createLiveRun(input, signal) : undefined,
    });
    const checks = CHECKS.filter((check) => isLive || check.isLive !== true);
    let index = 0;
    return runChecks(checks, facts, options, (id) => onCheck?.(id, index++, checks.length));
  }

  const fixed: Step[] = [];
  let report = await examine();
  // One round can require another: a new API must be added to the policies of the application.
  for (let round = isFixing ? 0 : MAX_ROUNDS; round < MAX_ROUNDS; round += 1) {
    const fixes = report.problems.flatMap(({ fix }) => fix ?? []);
    if (fixes.length === 0) break;
    const management = await open(input.link, onNote);
    const { done, failure } = await applyDesired(management, mergeDesired(fixes), { signal });
    if (failure) throw failure;
    fixed.push(...done);
    report = await examine();
  }
  return { ...report, fixed };
}
