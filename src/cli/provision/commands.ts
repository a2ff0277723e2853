import { writeFile } from 'node:fs/promises';
import { toManagementError } from '../../auth0/management-access.ts';
import { toFaultLines } from '../../config/faults.ts';
import { readManagementSettings } from '../../config/read-config.ts';
import { EXIT_CODES, type ExitCode } from '../../startup/exit-codes.ts';
import { confirm } from '../confirm.ts';
import { type ManagementTarget, openManagementTarget } from '../management-target.ts';
import { counted, printFailure, printFaults, printMessage, printResult, toPrintable } from '../output.ts';
import { createProgress, withInterrupt } from '../progress.ts';
import { planDesired } from './apply-desired.ts';
import { applySteps, type Outcome, toStep } from './apply-steps.ts';
import { readCurrentTenant } from './current-tenant.ts';
import type { DesiredTenant } from './desired-tenant.ts';
import { ownedKey, type PlannedStep } from './diff.ts';
import { toTenantFile } from './export-tenant.ts';
import { refuseExisting } from './init-file.ts';
import { requireScopes, toKinds, toScopes } from './management-scopes.ts';
import { type PlanFile, readPlanFile, requireUnmoved, writePlanFile } from './plan-file.ts';
import { DEFAULT_FILE, readTenantFile, requireTenantFile } from './read-tenant-file.ts';
import { writeSecret } from './secrets-out.ts';
import { toYaml } from './starter.ts';
import type { Step } from './step.ts';

/** The flags of `gatehouse provision`. */
export interface ProvisionFlags {
  readonly file?: string | undefined;
  readonly out?: string | undefined;
  readonly adopt?: boolean | undefined;
  readonly allowReplace?: boolean | undefined;
  readonly secretsOut?: string | undefined;
  readonly yes?: boolean | undefined;
}

const cwd = () => ({ cwd: process.cwd() });
const fileOf = ({ file = DEFAULT_FILE }: ProvisionFlags): string => file;

/** Runs `work` with the Management API that the configuration names. */
async function withTenant(
  isJson: boolean,
  work: (target: ManagementTarget) => Promise<ExitCode>,
): Promise<ExitCode> {
  const read = readManagementSettings(process.env, cwd());
  if (!read.ok) {
    printFaults(isJson, read.faults);
    return EXIT_CODES.configuration;
  }
  try {
    const target = await openManagementTarget(read.settings, { createIfMissing: true });
    try {
      return await work(target);
    } finally {
      await target.close();
    }
  } catch (error) {
    return printFailure(isJson, toManagementError(error));
  }
}

const show = (value: unknown): string =>
  value === undefined ? 'nothing' : toPrintable(JSON.stringify(value));

/** The lines of a step: action and resource, then each field. */
function toLines({ action, kind, key, before, after = {} }: Step): string[] {
  const fields = Object.entries(after).map(([name, value]) =>
    before ? `    ${name}: ${show(before[name])} → ${show(value)}` : `    ${name}: ${show(value)}`,
  );
  return [`${action} ${kind} ${toPrintable(key)}`, ...fields];
}

/** Names the scopes before the first call, and reads the tenant. */
async function plan(
  target: ManagementTarget,
  desired: DesiredTenant,
  flags: ProvisionFlags,
  writes: boolean,
) {
  const { adopt, allowReplace } = flags;
  const access = { writes, replaces: writes && allowReplace, secrets: flags.secretsOut !== undefined };
  printMessage(`Management API scopes that this needs: ${toScopes(toKinds(desired), access).join(' ')}`);
  const progress = createProgress();
  const total = toKinds(desired).size;
  let count = 0;
  const onRead = (kind: string) => progress.update(count++, total, `reading ${kind}`);
  try {
    const planned = await planDesired(target.management, desired, { adopt, allowReplace, access, onRead });
    planned.notes.forEach((note) => printMessage(`note: ${note}`));
    return planned;
  } finally {
    progress.stop();
  }
}

/** `provision plan`: shows the differences, and changes nothing. */
export const planTenant = (isJson: boolean, flags: ProvisionFlags): Promise<ExitCode> =>
  withFile(isJson, flags, (desired) =>
    withTenant(isJson, async (target) => {
      const { version } = desired;
      const steps = (await plan(target, desired, flags, false)).steps.map(toStep);
      if (flags.out !== undefined) {
        const { domain } = target.management;
        const { adopt = false, allowReplace = false } = flags;
        writePlanFile(flags.out, { domain, adopt, allowReplace, desired: { ...desired, version }, steps });
        printMessage(`The plan is in ${flags.out}.`);
      }
      printResult(isJson, { changes: steps.length, steps }, () => [
        ...steps.flatMap(toLines),
        steps.length === 0
          ? `Nothing to change: ${target.where} is as wanted.`
          : `${counted(steps.length, 'change')} to ${target.where}.`,
      ]);
      return EXIT_CODES.fine;
    }),
  );

type WantedFile = Awaited<ReturnType<typeof requireTenantFile>>;

async function withFile(
  isJson: boolean,
  flags: ProvisionFlags,
  work: (desired: WantedFile) => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    return await work(await requireTenantFile(fileOf(flags)));
  } catch (error) {
    return printFailure(isJson, error);
  }
}

/** `provision apply`: changes the tenant to match the file, or applies a plan. */
export async function applyTenant(
  isJson: boolean,
  planFile: string | undefined,
  flags: ProvisionFlags,
): Promise<ExitCode> {
  if (planFile === undefined)
    return withFile(isJson, flags, (desired) =>
      withTenant(isJson, (target) => applyTo(isJson, target, desired, flags)),
    );
  try {
    const made = await readPlanFile(planFile);
    const asPlanned = { ...flags, adopt: made.adopt, allowReplace: made.allow_replace };
    return await withTenant(isJson, (target) => applyTo(isJson, target, made.desired, asPlanned, made));
  } catch (error) {
    return printFailure(isJson, error);
  }
}

const applyTo = (
  isJson: boolean,
  target: ManagementTarget,
  desired: DesiredTenant,
  flags: ProvisionFlags,
  made?: PlanFile,
): Promise<ExitCode> => withInterrupt((signal) => applyUntil(signal, isJson, target, desired, flags, made));

async function applyUntil(
  signal: AbortSignal,
  isJson: boolean,
  target: ManagementTarget,
  desired: DesiredTenant,
  flags: ProvisionFlags,
  made: PlanFile | undefined,
): Promise<ExitCode> {
  const { management } = target;
  const { secretsOut } = flags;
  const { steps, clientIds, current } = await plan(target, desired, flags, true);
  if (made) requireUnmoved(made, management.domain, steps.map(toStep));
  if (secretsOut !== undefined)
    for (const { key } of desired.clients ?? []) {
      const found = current.clients.find(({ client_id }) => client_id === clientIds.get(key ?? ''));
      const isReplaced = steps.some((step) => step.action === 'replace' && step.id === found?.['client_id']);
      if (found && key !== undefined && !isReplaced) {
        const secret = found['client_secret'];
        const clientSecret = typeof secret === 'string' ? secret : undefined;
        writeSecret(secretsOut, { key, clientId: String(found['client_id']), clientSecret });
      }
    }
  const outcome = await run(target, signal, steps, clientIds, secretsOut);
  if (secretsOut !== undefined) printMessage(`Client IDs and secrets are in ${secretsOut}.`);
  return printOutcome(isJson, target.where, outcome);
}

async function run(
  { management }: ManagementTarget,
  signal: AbortSignal,
  steps: readonly PlannedStep[],
  clientIds: ReadonlyMap<string, string>,
  secretsOut?: string,
): Promise<Outcome> {
  const progress = createProgress();
  try {
    return await applySteps(management, steps, clientIds, {
      signal,
      onStep: ({ action, kind, key }, index, total) =>
        progress.update(index, total, `${action} ${kind} ${key}`),
      ...(secretsOut !== undefined && { onClient: (client) => writeSecret(secretsOut, client) }),
    });
  } finally {
    progress.stop();
  }
}

/** Prints completed and remaining steps. */
function printOutcome(isJson: boolean, where: string, { done, left, failure }: Outcome): ExitCode {
  if (failure) printMessage(failure.message);
  const ok = failure === undefined;
  const result = { ok, changes: done.length, done, left, ...(failure && { failure: failure.message }) };
  printResult(isJson, result, () => [
    ...done.map(({ action, kind, key }) => `done: ${action} ${kind} ${key}`),
    ...left.map(({ action, kind, key }) => `left: ${action} ${kind} ${key}`),
    ok
      ? done.length === 0
        ? `Nothing to change: ${where} is as wanted.`
        : `${counted(done.length, 'change')} made to ${where}.`
      : `${counted(done.length, 'change')} made to ${where}, ${left.length} left. Run the command again to make them.`,
  ]);
  return ok ? EXIT_CODES.fine : EXIT_CODES.failure;
}

/** `provision validate`: all faults of the file; nothing is called. */
export async function validateTenant(isJson: boolean, flags: ProvisionFlags): Promise<ExitCode> {
  try {
    const parsed = await readTenantFile(fileOf(flags));
    const faults = parsed.ok ? [] : parsed.faults;
    printResult(isJson, { ok: parsed.ok, faults }, () =>
      parsed.ok ? [`${fileOf(flags)} is valid.`] : toFaultLines(faults),
    );
    return parsed.ok ? EXIT_CODES.fine : EXIT_CODES.failure;
  } catch (error) {
    return printFailure(isJson, error);
  }
}

/** All kinds of resources that a file describes. */
const EVERY_KIND = new Set(['tenant', 'api', 'client', 'grant', 'connection'] as const);

/** `provision export`: writes the tenant of today as a file of `provision`. */
export const exportToFile = (isJson: boolean, flags: ProvisionFlags): Promise<ExitCode> =>
  withTenant(isJson, async (target) => {
    const scopes = toScopes(EVERY_KIND, {});
    printMessage(`Management API scopes that this needs: ${scopes.join(' ')}`);
    await requireScopes(target.management, scopes);
    const file = fileOf(flags);
    refuseExisting(file, flags.yes);
    const described = toTenantFile(await readCurrentTenant(target.management, EVERY_KIND));
    await writeFile(file, toYaml(described), { flag: flags.yes === true ? 'w' : 'wx' });
    const { apis = [], clients = [], connections = [] } = described;
    const counts = { apis: apis.length, clients: clients.length, connections: connections.length };
    printResult(isJson, { ok: true, file, ...counts }, () => [
      `${file} describes ${target.where}: ${counted(counts.apis, 'API')}, ${counted(counts.clients, 'client')}, ${counted(counts.connections, 'connection')}.`,
    ]);
    printMessage('Without secrets, users, and the client that owns the credential of this command.');
    return EXIT_CODES.fine;
  });

/** `provision destroy --owned-only`: deletes the clients of the file that provision owns, with their grants. */
export const destroyOwned = (isJson: boolean, flags: ProvisionFlags): Promise<ExitCode> =>
  withFile(isJson, flags, (desired) =>
    withTenant(isJson, async (target) => {
      const scopes = toScopes(new Set(['client'] as const), { deletes: true });
      printMessage(`Management API scopes that this needs: ${scopes.join(' ')}`);
      await requireScopes(target.management, scopes);
      const { clients, ownClientId } = await readCurrentTenant(
        target.management,
        new Set(['client'] as const),
      );
      const keys = new Set((desired.clients ?? []).map(({ key }) => key));
      const steps = clients.flatMap((client): PlannedStep[] => {
        const key = ownedKey(client) ?? '';
        if (!keys.has(key) || client['client_id'] === ownClientId) return [];
        const before = { name: client['name'], client_id: client['client_id'] };
        return [{ action: 'delete', kind: 'client', key, id: String(client['client_id']), before, body: {} }];
      });
      steps.forEach(({ key }) => printMessage(`delete client ${key}`));
      if (steps.length > 0 && flags.yes !== true) {
        const question = `Delete ${counted(steps.length, 'client')} of ${target.where}?`;
        // Elsewhere than on a terminal, --owned-only is the confirmation.
        if ((await confirm(question, { input: process.stdin, output: process.stderr })) === false) {
          printMessage('Nothing was changed.');
          return EXIT_CODES.failure;
        }
      }
      return printOutcome(
        isJson,
        target.where,
        await withInterrupt((signal) => run(target, signal, steps, new Map())),
      );
    }),
  );
