import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { TenantContext } from '../../context.ts';
import type { Action, TriggerBindings } from '../../state/action-documents.ts';
import { pageQuery } from '../list-reply.ts';
import { invalidBody, managementError, notFound } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { type BindingsBody, bindingsBody } from './action-body.ts';
import { showAction } from './show-action.ts';
import { DEFAULT_RUNTIME, RUNTIMES, requireTrigger, TRIGGERS } from './triggers.ts';

type Binding = TriggerBindings['bindings'][number];
type GivenBinding = NonNullable<BindingsBody['bindings']>[number];

const PATH = '/actions/triggers/:id/bindings';
const MAX_PER_PAGE = 50;

/** Triggers, and the ordered actions that each of them has. */
export const bindingRows: MakeRows = (context) => [
  defineRow({
    method: 'GET',
    path: '/actions/triggers',
    scopes: ['read:actions'],
    handle: () => ({
      status: 200,
      body: {
        triggers: TRIGGERS.map((trigger) => ({
          ...trigger,
          status: 'CURRENT',
          runtimes: RUNTIMES,
          default_runtime: DEFAULT_RUNTIME,
        })),
      },
    }),
  }),
  defineRow({
    method: 'GET',
    path: PATH,
    scopes: ['read:actions'],
    query: z.object(pageQuery),
    handle: ({ params, query: { page = 0, per_page = MAX_PER_PAGE } }) => {
      const { id } = requireTrigger(params.id);
      const bindings = bindingsOf(context, id);
      const shown = bindings.slice(page * per_page, (page + 1) * per_page);
      const body = { total: bindings.length, page, per_page, bindings: show(context, id, shown) };
      return { status: 200, body };
    },
  }),
  defineRow({
    method: 'PATCH',
    path: PATH,
    title: 'Update trigger bindings',
    scopes: ['update:actions', 'update:triggers'],
    body: bindingsBody,
    handle: ({ params, body: { bindings: given = [] } }) => {
      const { id } = requireTrigger(params.id);
      const bindings = given.map((one) => toBinding(context, id, one));
      context.state.triggerBindings.put({ trigger_id: id, bindings });
      return { status: 200, body: { bindings: show(context, id, bindings) } };
    },
  }),
];

const bindingsOf = ({ state }: TenantContext, trigger: string): readonly Binding[] =>
  state.triggerBindings.get(trigger)?.bindings ?? [];

function show({ state }: TenantContext, trigger_id: string, bindings: readonly Binding[]): object[] {
  return bindings.flatMap(({ action_id, ...binding }) => {
    const action = state.actions.get(action_id);
    return action ? [{ ...binding, trigger_id, action: showAction(action) }] : [];
  });
}

/** Throws 404 for an unknown action, 400 for one that is not deployed or has another trigger. */
function toBinding(context: TenantContext, trigger: string, { ref, display_name }: GivenBinding): Binding {
  const known = bindingsOf(context, trigger);
  const kept =
    ref.type === 'binding_id'
      ? known.find(({ id }) => id === ref.value)
      : known.find(({ action_id }) => action_id === findAction(context, ref)?.id);
  const action = kept ? context.state.actions.get(kept.action_id) : findAction(context, ref);
  if (!action) throw notFound('That action does not exist.');
  if (!action.deployed_version)
    throw managementError(400, 'An action must be deployed before it can be bound to a trigger.');
  if (!action.supported_triggers.some(({ id }) => id === trigger))
    throw invalidBody(`'The action ${action.name} does not support the trigger ${trigger}'`);
  const updated_at = new Date(context.clock.now()).toISOString();
  return {
    id: kept?.id ?? randomUUID(),
    action_id: action.id,
    display_name: display_name ?? action.name,
    created_at: kept?.created_at ?? updated_at,
    updated_at,
  };
}

function findAction({ state }: TenantContext, { type, value }: GivenBinding['ref']): Action | undefined {
  if (type === 'action_id') return state.actions.get(value);
  return type === 'action_name' ? state.actions.find('name', value)[0] : undefined;
}
