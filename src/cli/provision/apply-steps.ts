import { type ManagementAccess, toManagementError } from '../../auth0/management-access.ts';
import { toProtections } from './current-tenant.ts';
import type { Protection } from './desired-tenant.ts';
import type { PlannedStep } from './diff.ts';
import type { Fields, ResourceKind, Step } from './step.ts';

/** The credentials of a client. */
export interface ClientSecret {
  readonly key: string;
  readonly clientId: string;
  /** Undefined if it has none, or if it may not be read. */
  readonly clientSecret: string | undefined;
}

export interface StepOptions {
  /** Stops between two steps. */
  readonly signal?: AbortSignal | undefined;
  /** Called before each step; `index` counts from 0. */
  readonly onStep?: ((step: Step, index: number, total: number) => void) | undefined;
  /** Called as soon as a client exists, before anything else is done. */
  readonly onClient?: ((client: ClientSecret) => void) | undefined;
}

/** The completed steps. `failure`: why the others were not done. */
export interface Outcome {
  readonly done: readonly Step[];
  readonly left: readonly Step[];
  readonly failure?: Error | undefined;
}

/** The fields without those that only this program needs. */
export const toStep = ({ action, kind, key, before, after }: PlannedStep): Step => ({
  action,
  kind,
  key,
  ...(before && { before }),
  ...(after && { after }),
});

/** Clients that one call enables at most. */
const MOST_CLIENTS = 50;

/**
 * Does one step after another, and stops at the first that fails or when the signal fires. Each step can be done again
 * from wherever it was interrupted, by a new plan.
 */
export async function applySteps(
  { client }: Pick<ManagementAccess, 'client'>,
  steps: readonly PlannedStep[],
  knownIds: ReadonlyMap<string, string>,
  { signal, onStep, onClient }: StepOptions = {},
): Promise<Outcome> {
  const ids = new Map(knownIds);
  const idOf = (key: string): string => ids.get(key) ?? key;

  async function createClient(key: string, body: Fields): Promise<void> {
    const { client_id: clientId = '', client_secret: clientSecret } = await client.clients.create(
      asBody(body),
    );
    ids.set(key, clientId);
    onClient?.({ key, clientId, clientSecret });
  }

  async function enable(id: string, names: unknown, before: unknown): Promise<void> {
    const has = new Set(Array.isArray(before) ? before : []);
    const added = (Array.isArray(names) ? names.map(String) : []).filter((name) => !has.has(name));
    for (let from = 0; from < added.length; from += MOST_CLIENTS)
      await client.connections.clients.update(
        id,
        added.slice(from, from + MOST_CLIENTS).map((name) => ({ client_id: idOf(name), status: true })),
      );
  }

  async function createConnection({ clients, ...body }: Fields): Promise<void> {
    const { id = '' } = await client.connections.create(asBody(body));
    await enable(id, clients, []);
  }

  async function updateConnection({ id = '', before, body: { clients, ...body } }: PlannedStep) {
    if (Object.keys(body).length > 0) await client.connections.update(id, asBody(body));
    await enable(id, clients, before?.['clients']);
  }

  // The key of such a step is one of the names.
  const protect = ({ key, body }: PlannedStep) =>
    toProtections(client)[key as Protection].update(asBody(body));

  type Verb = 'create' | 'update' | 'remove';
  const calls: Record<ResourceKind, Readonly<Record<Verb, (step: PlannedStep) => PromiseLike<unknown>>>> = {
    tenant: {
      create: ({ body }) => client.tenants.settings.update(asBody(body)),
      update: ({ body }) => client.tenants.settings.update(asBody(body)),
      remove: async () => undefined,
    },
    api: {
      create: ({ body }) => client.resourceServers.create(asBody(body)),
      update: ({ id = '', body }) => client.resourceServers.update(id, asBody(body)),
      remove: ({ id = '' }) => client.resourceServers.delete(id),
    },
    client: {
      create: ({ key, body }) => createClient(key, body),
      update: ({ id = '', body }) => client.clients.update(id, asBody(body)),
      remove: ({ id = '' }) => client.clients.delete(id),
    },
    grant: {
      create: ({ body }) =>
        client.clientGrants.create(asBody({ ...body, client_id: idOf(String(body['client_id'])) })),
      update: ({ id = '', body }) => client.clientGrants.update(id, asBody(body)),
      remove: ({ id = '' }) => client.clientGrants.delete(id),
    },
    connection: {
      create: ({ body }) => createConnection(body),
      update: updateConnection,
      remove: ({ id = '' }) => client.connections.delete(id),
    },
    protection: {
      create: protect,
      update: protect,
      remove: async () => undefined,
    },
  };
  const verbs: Readonly<Record<Step['action'], readonly Verb[]>> = {
    create: ['create'],
    update: ['update'],
    replace: ['remove', 'create'],
    delete: ['remove'],
  };

  const toOutcome = (done: number, failure?: Error): Outcome => ({
    done: steps.slice(0, done).map(toStep),
    left: steps.slice(done).map(toStep),
    ...(failure && { failure }),
  });

  for (const [index, step] of steps.entries()) {
    if (signal?.aborted === true) return toOutcome(index, new Error('Interrupted.'));
    onStep?.(toStep(step), index, steps.length);
    try {
      for (const verb of verbs[step.action]) await calls[step.kind][verb](step);
    } catch (error) {
      const failure = toManagementError(error);
      return toOutcome(index, failure instanceof Error ? failure : new Error(String(failure)));
    }
  }
  return toOutcome(steps.length);
}

/** Fields of a tenant file as a body. They have the names of the Management API, which checks them. */
const asBody = (body: Fields): never => body as never;
