import { toManagementError } from '../../auth0/management-access.ts';
import { type Check, type Facts, type Finding, type Problem, scopesOf } from './check.ts';
import { needsManagement } from './tenant-reads.ts';

/** The result of a check: its problems, or the check that reports their cause. */
type Outcome =
  | { readonly kind: 'checked'; readonly problems: readonly Problem[] }
  | { readonly kind: 'silent'; readonly because: string };

export interface Selection {
  /** Ids of checks. Default: all. */
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
}

export interface Report {
  /** Whether nothing failed; warnings do not count. */
  readonly ok: boolean;
  /** All findings, the failures first, then warnings; each kind in the order of the table. */
  readonly findings: readonly Finding[];
  /** Checks that did not run, and the ones that say why. */
  readonly silent: readonly { readonly id: string; readonly because: string }[];
  /** The desired state of the tenant, for problems that a command can repair. */
  readonly problems: readonly (Problem & { readonly id: string })[];
}

/** The reason of a failed read, for a finding. A bug of the program is not a finding. */
function toReadFault(thrown: unknown): string {
  const error = toManagementError(thrown);
  const isOurs = error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
  if (isOurs || !(error instanceof Error)) throw thrown;
  return error.message;
}

/** Checks whose failure keeps a read from working: each is the cause that is reported. */
function gatesOf(check: Check, isMissing: (scope: string) => boolean): string[] {
  const { id, reads, needs = [] } = check;
  const gates = new Set(needs);
  if (reads.length > 0 && id !== 'R1') gates.add('R1');
  const isManaged = reads.some(needsManagement);
  if (isManaged && id !== 'R5') gates.add('R5');
  if (id !== 'R6' && scopesOf(check).some(isMissing)) gates.add('R6');
  return [...gates];
}

/** Runs checks in the order of the table. A check whose cause another one reports is skipped. */
export async function runChecks(
  checks: readonly Check[],
  facts: Facts,
  { only, skip = [] }: Selection,
  onCheck: (id: string) => void,
): Promise<Report> {
  const byId = new Map(checks.map((check) => [check.id, check]));
  const outcomes = new Map<string, Outcome>();

  async function isMissing(): Promise<(scope: string) => boolean> {
    const access = await outcomeOf('R5');
    const scopes =
      access?.kind === 'checked' && access.problems.length === 0 ? await facts.reads.scopes() : undefined;
    return (scope) => scopes !== undefined && !scopes.has(scope);
  }

  async function evaluate(check: Check): Promise<Outcome> {
    const isUngranted = scopesOf(check).length > 0 ? await isMissing() : () => false;
    for (const gate of gatesOf(check, isUngranted)) {
      const outcome = await outcomeOf(gate);
      if (outcome?.kind === 'silent') return outcome;
      if (outcome && isFailed(byId.get(gate), outcome.problems)) return { kind: 'silent', because: gate };
    }
    onCheck(check.id);
    try {
      return { kind: 'checked', problems: await check.check(facts) };
    } catch (error) {
      return { kind: 'checked', problems: [{ seen: toReadFault(error) }] };
    }
  }

  async function outcomeOf(id: string): Promise<Outcome | undefined> {
    const check = byId.get(id);
    if (!check) return undefined;
    const known = outcomes.get(id);
    if (known) return known;
    const outcome = await evaluate(check);
    outcomes.set(id, outcome);
    return outcome;
  }

  const isWanted = (id: string): boolean => (only?.includes(id) ?? true) && !skip.includes(id);
  const reported = new Set<string>();
  const silent: { id: string; because: string }[] = [];
  // One after another: the Management API of a free plan takes two calls a second.
  for (const { id } of checks.filter((check) => isWanted(check.id))) {
    const outcome = await outcomeOf(id);
    if (outcome?.kind === 'checked') reported.add(id);
    if (outcome?.kind !== 'silent') continue;
    silent.push({ id, because: outcome.because });
    // A selected check has a cause that was not selected: the cause is reported.
    if (!skip.includes(outcome.because)) reported.add(outcome.because);
  }
  const found = checks.flatMap((check) => {
    const outcome = outcomes.get(check.id);
    return reported.has(check.id) && outcome?.kind === 'checked'
      ? [{ check, problems: outcome.problems }]
      : [];
  });
  const findings = found.map(({ check, problems }) => toFinding(check, problems));
  const ranks = ['fail', 'warn', 'pass'] as const;
  return {
    ok: findings.every(({ status }) => status !== 'fail'),
    findings: ranks.flatMap((rank) => findings.filter(({ status }) => status === rank)),
    silent,
    problems: found.flatMap(({ check, problems }) =>
      problems.map((problem) => ({ ...problem, id: check.id })),
    ),
  };
}

const statusOf = (check: Check | undefined, { status }: Problem): 'fail' | 'warn' =>
  check?.level ?? status ?? 'fail';

const isFailed = (check: Check | undefined, problems: readonly Problem[]): boolean =>
  problems.some((problem) => statusOf(check, problem) === 'fail');

/** The finding of a check: the worst of its problems decides. */
function toFinding(check: Check, problems: readonly Problem[]): Finding {
  const { id, wanted, symptom, remedy, dashboard } = check;
  const status = isFailed(check, problems) ? 'fail' : problems.length > 0 ? 'warn' : 'pass';
  const canMend = problems.length > 0 && problems.every(({ fix }) => fix !== undefined);
  return {
    id,
    status,
    seen: status === 'pass' ? 'as wanted' : problems.map(({ seen }) => seen).join('; '),
    wanted,
    symptom,
    fix: canMend ? `gatehouse doctor --fix --only ${id}` : remedy,
    dashboard,
  };
}
