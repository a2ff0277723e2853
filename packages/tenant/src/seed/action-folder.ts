import { randomUUID } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { TenantContext } from '../context.ts';
import { toIso } from '../lib/clock.ts';
import type { Action } from '../state/action-documents.ts';
import type { ActionTree, TreeAction } from './read-action-tree.ts';
import { readSeedText, type SeedSource } from './read-seed.ts';

/** The placeholder that deploy-cli writes instead of a secret's value. */
const HIDDEN = '_VALUE_NOT_SHOWN_';
/** An editor writes a file in several steps. */
const SETTLE_MS = 50;

type Deps = Pick<TenantContext, 'state' | 'clock' | 'actions'> & {
  readonly warn: (message: string) => void;
};

/** The Actions of the folder that a seed names. */
export interface ActionFolder {
  /** Deploys and binds the Actions. An error in the folder causes a warning; the deployed Actions stay. */
  deploy(): void;
  close(): void;
}

/**
 * Deploys the Actions of the folder that the seed names with `actions`, relative to the seed file or else to the working
 * directory, and again on each change of the folder.
 * Undefined if the seed names none. Throws `SeedError`.
 */
export async function openActionFolder(
  deps: Deps,
  source: SeedSource | undefined,
): Promise<ActionFolder | undefined> {
  const seed = await readSeedText(source);
  // Parsing is slow, so seeds that cannot contain `actions` are not parsed here.
  if (source === undefined || !seed?.text.includes('actions')) return undefined;
  const { parseSeed } = await import('./parse-seed.ts');
  const { actions: given } = parseSeed(seed.text, seed.name);
  if (!given) return undefined;
  const { readActionTree, rootOf } = await import('./read-action-tree.ts');
  const root = rootOf(resolve(typeof source === 'string' ? dirname(source) : '.', given.folder));
  const deployTree = (): void => deployActions(deps, readActionTree(root), given.secrets);
  deployTree();
  const deploy = (): void => {
    try {
      deployTree();
    } catch (error) {
      deps.warn(`the Actions were not deployed: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const watcher = watchTree(root, () => {
    clearTimeout(timer);
    timer = setTimeout(deploy, SETTLE_MS).unref();
  });
  return {
    deploy,
    close() {
      clearTimeout(timer);
      watcher.close();
    },
  };
}

function watchTree(root: string, onChange: () => void): FSWatcher {
  const watcher = watch(root, { recursive: true, persistent: false }, onChange);
  // The folder may be removed while the tenant runs.
  return watcher.on('error', () => watcher.close());
}

/** Stores the Actions of a tree as deployed and binds them to the triggers that the tree names. */
function deployActions(
  deps: Deps,
  { actions, triggers }: ActionTree,
  secrets: Readonly<Record<string, string>>,
): void {
  const { state } = deps;
  const at = toIso(deps.clock.now());
  state.transaction(() => {
    const deployed = new Map(
      actions.map((given) => {
        const [before] = state.actions.find('name', given.name);
        deps.actions.trust(given.code);
        const action = toDeployed(given, before, secrets, at);
        state.actions.put(action);
        return [action.name, action];
      }),
    );
    for (const [trigger_id, bound] of Object.entries(triggers)) {
      const before = state.triggerBindings.get(trigger_id)?.bindings ?? [];
      const bindings = bound.flatMap(({ action_name, display_name = action_name }) => {
        const action = deployed.get(action_name);
        if (!action) return [];
        const known = before.find(({ action_id }) => action_id === action.id);
        return {
          id: randomUUID(),
          created_at: at,
          updated_at: at,
          ...known,
          action_id: action.id,
          display_name,
        };
      });
      state.triggerBindings.put({ trigger_id, bindings });
    }
  });
}

/** The deployed Action; its version changes only if its code, dependencies, runtime or secrets change. */
function toDeployed(
  { secrets: named, ...given }: TreeAction,
  before: Action | undefined,
  values: Readonly<Record<string, string>>,
  at: string,
): Action {
  const secrets = named.flatMap(({ name, value }) => {
    const known = before?.secrets.find((secret) => secret.name === name);
    const written = value === HIDDEN ? undefined : value;
    const current = values[name] ?? written ?? known?.value;
    if (current === undefined) return [];
    return { name, value: current, updated_at: known?.value === current ? known.updated_at : at };
  });
  const { code, dependencies, runtime } = given;
  const runs = { code, dependencies, runtime, secrets };
  const version = before?.deployed_version;
  const isSame =
    version !== undefined &&
    isDeepStrictEqual(runs, {
      code: version.code,
      dependencies: version.dependencies,
      runtime: version.runtime,
      secrets: version.secrets,
    });
  return {
    id: before?.id ?? randomUUID(),
    created_at: before?.created_at ?? at,
    ...given,
    secrets,
    updated_at: isSame ? (before?.updated_at ?? at) : at,
    deployed_version: isSame
      ? version
      : { ...runs, id: randomUUID(), number: (version?.number ?? 0) + 1, built_at: at },
  };
}
