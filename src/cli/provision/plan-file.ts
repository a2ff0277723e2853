import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { writePrivately } from '../env-file.ts';
import { InputError, readJson } from '../read-json.ts';
import { type TenantFile, tenantFile } from './desired-tenant.ts';
import { ProvisionError } from './provision-error.ts';
import type { Step } from './step.ts';

const fields = z.record(z.string(), z.unknown());

/** The output of `plan --out`: the steps, and their result. It contains no secrets. */
const planFile = z.strictObject({
  version: z.literal(1),
  /** Domain of the tenant of the plan. */
  domain: z.string(),
  adopt: z.boolean(),
  allow_replace: z.boolean(),
  desired: tenantFile,
  steps: z.array(
    z.strictObject({
      action: z.enum(['create', 'update', 'replace', 'delete']),
      kind: z.enum(['tenant', 'api', 'client', 'grant', 'connection']),
      key: z.string(),
      before: fields.optional(),
      after: fields.optional(),
    }),
  ),
});

export type PlanFile = z.output<typeof planFile>;

export interface MadePlan {
  readonly domain: string;
  readonly adopt: boolean;
  readonly allowReplace: boolean;
  readonly desired: TenantFile;
  readonly steps: readonly Step[];
}

export function writePlanFile(file: string, { allowReplace, ...plan }: MadePlan): void {
  writePrivately(file, `${JSON.stringify({ version: 1, ...plan, allow_replace: allowReplace }, null, 2)}\n`);
}

/** Throws `InputError`. */
export async function readPlanFile(file: string): Promise<PlanFile> {
  const parsed = planFile.safeParse(await readJson(file));
  if (parsed.success) return parsed.data;
  throw new InputError(`${file}: not an output of gatehouse provision plan --out`);
}

const nameOf = ({ kind, key }: Step): string => `${kind} ${key}`;
const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

/** The differences between a plan and the current state, one line each. */
export function findMoves(planned: readonly Step[], now: readonly Step[]): string[] {
  const current = new Map(now.map((step) => [nameOf(step), step]));
  const known = new Set(planned.map(nameOf));
  const moved = planned.flatMap((step): string[] => {
    const found = current.get(nameOf(step));
    if (!found) return [`${nameOf(step)}: is as wanted by now`];
    if (found.action !== step.action)
      return [`${nameOf(step)}: planned to ${step.action}, would now ${found.action}`];
    const names = new Set([step, found].flatMap(({ before = {} }) => Object.keys(before)));
    return [...names]
      .filter((name) => !isDeepStrictEqual(step.before?.[name], found.before?.[name]))
      .map(
        (name) =>
          `${nameOf(step)}: ${name} was ${show(step.before?.[name])}, is ${show(found.before?.[name])}`,
      );
  });
  const added = now
    .filter((step) => !known.has(nameOf(step)))
    .map((step) => `${nameOf(step)}: would now ${step.action}, which was not planned`);
  return [...moved, ...added];
}

/** Throws `ProvisionError` if the tenant is a different one, or has changed since the plan was made. */
export function requireUnmoved(file: PlanFile, domain: string, now: readonly Step[]): void {
  if (file.domain !== domain)
    throw new ProvisionError(`The plan was made for the tenant ${file.domain}, not for ${domain}.`);
  const moves = findMoves(file.steps, now);
  if (moves.length === 0) return;
  throw new ProvisionError(
    ['The tenant has changed since the plan was made. Make a new plan.', ...moves].join('\n'),
  );
}
