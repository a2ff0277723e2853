import { randomUUID } from 'node:crypto';
import type { TenantContext } from '../../context.ts';
import type { Action } from '../../state/action-documents.ts';
import { defined } from '../../state/defaults.ts';
import { invalidBody, managementError, notFound } from '../management-error.ts';
import type { CreateActionBody, UpdateActionBody } from './action-body.ts';
import { DEFAULT_RUNTIME } from './triggers.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;
type GivenSecrets = NonNullable<UpdateActionBody['secrets']>;

const nowText = ({ clock }: Deps): string => new Date(clock.now()).toISOString();

/** The action of a path. Throws 404. */
export function requireAction({ state }: Deps, id = ''): Action {
  const action = state.actions.get(id);
  if (!action) throw notFound('That action does not exist.');
  return action;
}

/** Creates an action, and with `deploy` its first version. Throws 400 and 409. */
export function createAction(
  deps: Deps,
  { deploy = false, secrets = [], ...given }: CreateActionBody,
): Action {
  requireFreeName(deps, given.name);
  const now = nowText(deps);
  const action: Action = {
    id: randomUUID(),
    code: '',
    dependencies: [],
    runtime: DEFAULT_RUNTIME,
    ...defined(given),
    secrets: changeSecrets([], secrets, now),
    created_at: now,
    updated_at: now,
  };
  deps.state.actions.put(action);
  return deploy ? deployAction(deps, action) : action;
}

/** Changes the draft of an action; the deployed version stays unchanged. Throws 400 and 409. */
export function changeAction(deps: Deps, before: Action, { secrets, ...given }: UpdateActionBody): Action {
  if (given.name !== undefined && given.name !== before.name) requireFreeName(deps, given.name);
  const now = nowText(deps);
  const action: Action = {
    ...before,
    ...defined(given),
    ...(secrets && { secrets: changeSecrets(before.secrets, secrets, now) }),
    updated_at: now,
  };
  deps.state.actions.put(action);
  return action;
}

/** Deploys the draft of an action: its triggers run it from now on. */
export function deployAction(deps: Deps, before: Action): Action {
  const { code, dependencies, secrets, runtime } = before;
  const number = (before.deployed_version?.number ?? 0) + 1;
  const built_at = nowText(deps);
  const version = { id: randomUUID(), number, code, dependencies, secrets, runtime, built_at };
  const action: Action = { ...before, deployed_version: version };
  deps.state.actions.put(action);
  return action;
}

/** Deletes an action. If it is bound to a trigger, `force` is required and unbinds it. Throws 404 and 409. */
export function deleteAction(deps: Deps, id: string | undefined, force: boolean): void {
  const action = requireAction(deps, id);
  const { state } = deps;
  const isBound = ({ action_id }: { readonly action_id: string }) => action_id === action.id;
  state.transaction(() => {
    for (const trigger of state.triggerBindings.list().filter(({ bindings }) => bindings.some(isBound))) {
      if (!force) throw managementError(409, 'Unable to delete an action bound to a trigger.');
      state.triggerBindings.put({ ...trigger, bindings: trigger.bindings.filter((one) => !isBound(one)) });
    }
    state.actions.remove(action.id);
  });
}

function requireFreeName({ state }: Deps, name: string): void {
  if (state.actions.find('name', name).length > 0)
    throw managementError(409, 'An action with the same name already exists.');
}

/** Replaces the secrets by the given ones; one without a value keeps its previous value. */
function changeSecrets(
  before: Action['secrets'],
  given: GivenSecrets,
  updated_at: string,
): Action['secrets'] {
  return given.map(({ name, value }) => {
    const kept = before.find((secret) => secret.name === name);
    if (value !== undefined) return { name, value, updated_at };
    if (!kept) throw invalidBody(`'Missing required property: value' on property secrets`);
    return kept;
  });
}
