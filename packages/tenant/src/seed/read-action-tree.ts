import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { SeedError } from './seed-error.ts';

const text = z.string().min(1);

/** `actions/<name>.json`, as auth0-deploy-cli writes it. Other members have no meaning here. */
const actionFile = z.object({
  name: text,
  /** A path relative to the tree's root. */
  code: text,
  runtime: text.default('node22'),
  dependencies: z.array(z.object({ name: text, version: text })).default([]),
  secrets: z.array(z.object({ name: text, value: z.string().optional() })).default([]),
  supported_triggers: z.array(z.object({ id: text, version: text })).min(1),
});

/** `triggers/triggers.json` */
const triggersFile = z.record(
  z.string(),
  z.array(z.object({ action_name: text, display_name: text.optional() })),
);

/** An Action of a tree, with its code instead of the path. */
export type TreeAction = z.output<typeof actionFile>;

export interface ActionTree {
  readonly actions: readonly TreeAction[];
  /** The names of each trigger's Actions, in order. */
  readonly triggers: z.output<typeof triggersFile>;
}

/**
 * The root of a tree: the folder itself, or its parent if the folder is the tree's `actions` folder.
 */
export const rootOf = (folder: string): string =>
  basename(folder) === 'actions' && !existsSync(join(folder, 'actions')) ? dirname(folder) : folder;

/** Reads a tree of auth0-deploy-cli: `actions/*.json` with their code, and `triggers/triggers.json`. Throws `SeedError`. */
export function readActionTree(root: string): ActionTree {
  const folder = join(root, 'actions');
  const names = read(folder, () => readdirSync(folder)).filter((name) => name.endsWith('.json'));
  const actions = names.toSorted().map((name) => {
    const action = parse(join(folder, name), actionFile);
    const code = resolve(root, action.code);
    return { ...action, code: read(code, () => readFileSync(code, 'utf8')) };
  });
  const triggersPath = join(root, 'triggers', 'triggers.json');
  const triggers = existsSync(triggersPath) ? parse(triggersPath, triggersFile) : {};
  for (const [trigger, bound] of Object.entries(triggers))
    for (const { action_name } of bound)
      if (!actions.some(({ name }) => name === action_name))
        throw new SeedError(`${triggersPath}: ${trigger}: there is no Action named ${action_name}`);
  return { actions, triggers };
}

function read<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new SeedError(`${path}: cannot be read`, { cause: error });
  }
}

function parse<T extends z.ZodType>(path: string, schema: T): z.output<T> {
  const json = read(path, () => readFileSync(path, 'utf8'));
  try {
    return schema.parse(JSON.parse(json));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new SeedError(`${path}: ${why}`, { cause: error });
  }
}
