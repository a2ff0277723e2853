import type { CurrentTenant } from './current-tenant.ts';
import {
  type DesiredApi,
  type DesiredClient,
  type DesiredConnection,
  type DesiredTenant,
  PROTECTIONS,
} from './desired-tenant.ts';
import { isObject, toDifference, toReplacement } from './fields.ts';
import { ProvisionError } from './provision-error.ts';
import type { Fields, ResourceKind, Step } from './step.ts';
import { DEFAULT_STRATEGY, MANAGED_BY, toClientFields } from './wanted-fields.ts';

/** A step with its request body. */
export interface PlannedStep extends Step {
  /** The id of an existing resource. */
  readonly id?: string | undefined;
  /** Clients are named as in the file, until they have an ID. */
  readonly body: Fields;
}

export interface Plan {
  readonly steps: readonly PlannedStep[];
  /** Client IDs of the desired clients that exist, by key. */
  readonly clientIds: ReadonlyMap<string, string>;
  /** The steps that are not done, with the reasons. */
  readonly notes: readonly string[];
}

export interface DiffOptions {
  readonly adopt?: boolean | undefined;
  readonly allowReplace?: boolean | undefined;
}

/** The placeholder audience of the Management API. */
export const MANAGEMENT_AUDIENCE = '$mgmt';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(textOf) : []);

/** The logical key of a client that provision owns. */
export function ownedKey({ client_metadata: metadata }: Fields): string | undefined {
  if (!isObject(metadata) || metadata['managed_by'] !== MANAGED_BY) return undefined;
  return textOf(metadata['gatehouse_key']) || undefined;
}

/** The name of a client in plans and files: its key, else its client ID. */
const toClientNames = (current: CurrentTenant): Map<string, string> =>
  new Map(
    current.clients.map((client) => {
      const id = textOf(client['client_id']);
      return [id, ownedKey(client) ?? id];
    }),
  );

function one(found: readonly Fields[], what: string): Fields | undefined {
  if (found.length > 1)
    throw new ProvisionError(`The tenant has ${found.length} ${what}: delete or rename all but one.`);
  return found[0];
}

/** The matching existing client. Throws `ProvisionError` if it is ambiguous, or must not be adopted. */
function findClient(current: CurrentTenant, wanted: DesiredClient, adopt: boolean): Fields | undefined {
  const { client_id, key, name } = wanted;
  if (client_id !== undefined) {
    const found = current.clients.find((client) => client['client_id'] === client_id);
    if (!found) throw new ProvisionError(`The tenant has no client ${client_id}.`);
    return found;
  }
  const owned = current.clients.filter((client) => ownedKey(client) === key);
  const own = one(owned, `clients with managed_by ${MANAGED_BY} and the key ${key}`);
  if (own) return own;
  const sameName = current.clients.filter(
    (client) => client['name'] === name && ownedKey(client) === undefined,
  );
  const candidate = one(sameName, `clients named ${JSON.stringify(name)}`);
  if (!candidate || adopt) return candidate;
  throw new ProvisionError(
    `A client named ${JSON.stringify(name)} (${textOf(candidate['client_id'])}) exists, which provision does not own. Pass --adopt to take it over, or choose another name for ${key}.`,
  );
}

/** Compares a tenant with the desired state. Throws `ProvisionError`. */
export function diffTenant(
  current: CurrentTenant,
  desired: DesiredTenant,
  { adopt = false, allowReplace = false }: DiffOptions = {},
): Plan {
  const steps: PlannedStep[] = [];
  const notes: string[] = [];
  const clientIds = new Map<string, string>();
  const names = toClientNames(current);
  const replaced = new Set<string>();

  /** Adds the step that changes a resource to its desired state. Returns whether it is replaced. */
  function compare(
    kind: ResourceKind,
    key: string,
    id: string | undefined,
    before: Fields | undefined,
    wanted: Fields,
  ): boolean {
    if (!before) {
      steps.push({ action: 'create', kind, key, after: wanted, body: wanted });
      return false;
    }
    const difference = toDifference(kind, before, wanted);
    if (!difference) return false;
    const { isReplacing, body, ...shown } = difference;
    if (isReplacing && !allowReplace)
      throw new ProvisionError(
        `The ${kind} ${key} has to be deleted and created again, since ${Object.keys(shown.after).join(', ')} cannot be changed. Pass --allow-replace to allow that.`,
      );
    const sent = isReplacing ? toReplacement(kind, before, wanted) : body;
    steps.push({ action: isReplacing ? 'replace' : 'update', kind, key, id, ...shown, body: sent });
    return isReplacing;
  }

  function compareApi({ identifier, name, scopes, settings }: DesiredApi): void {
    const found = current.apis.find((api) => api['identifier'] === identifier);
    const wanted = { ...(name !== undefined && { name }), ...(scopes && { scopes }), ...settings };
    const created = { identifier, name: identifier, ...wanted };
    compare('api', identifier, textOf(found?.['id']), found, found ? wanted : created);
  }

  function compareClient(client: DesiredClient): void {
    const found = findClient(current, client, adopt);
    const clientId = textOf(found?.['client_id']);
    const key = client.key ?? clientId;
    if (found) {
      clientIds.set(key, clientId);
      names.set(clientId, key);
    }
    if (found && clientId === current.ownClientId) {
      notes.push(`The client ${key} owns the credential of this command: it is left as it is.`);
      return;
    }
    const isReplaced = compare('client', key, clientId, found, toClientFields(client));
    if (isReplaced) replaced.add(clientId);
    for (const grant of client.grants ?? []) compareGrant(client, key, isReplaced ? '' : clientId, grant);
  }

  function compareGrant(
    { kind }: DesiredClient,
    key: string,
    clientId: string,
    {
      audience,
      scopes,
      subject_type = kind === 'third-party' ? 'user' : 'client',
    }: NonNullable<DesiredClient['grants']>[number],
  ): void {
    const resolved = audience === MANAGEMENT_AUDIENCE ? current.audience : audience;
    const found = current.grants.find(
      (grant) =>
        clientId !== '' &&
        grant['client_id'] === clientId &&
        grant['audience'] === resolved &&
        (grant['subject_type'] ?? 'client') === subject_type,
    );
    const name = `${key} ${audience} ${subject_type}`;
    const scope = [...new Set(scopes)].toSorted();
    if (!found) {
      const body = { client_id: key, audience: resolved, scope, subject_type };
      steps.push({
        action: 'create',
        kind: 'grant',
        key: name,
        after: { ...body, audience },
        body,
      });
      return;
    }
    const before = { ...found, scope: textsOf(found['scope']).toSorted() };
    const wanted = { scope, ...(found['allow_all_scopes'] === true && { allow_all_scopes: false }) };
    compare('grant', name, textOf(found['id']), before, wanted);
  }

  function compareConnection({ name, clients, settings }: DesiredConnection): void {
    const found = one(
      current.connections.filter((connection) => connection['name'] === name),
      `connections named ${name}`,
    );
    const known = new Set([...(desired.clients ?? []).map(({ key }) => key), ...names.values()]);
    const unknown = (clients ?? []).filter((client) => !known.has(client) && !names.has(client));
    if (unknown.length > 0)
      throw new ProvisionError(`The connection ${name} names unknown clients: ${unknown.join(', ')}.`);
    const wanted = {
      ...settings,
      ...(clients && { clients: clients.map((client) => names.get(client) ?? client) }),
    };
    if (!found) {
      compare('connection', name, undefined, undefined, { name, strategy: DEFAULT_STRATEGY, ...wanted });
      return;
    }
    const enabled = textsOf(found['clients']).filter((id) => !replaced.has(id));
    const before = { ...found, clients: enabled.map((id) => names.get(id) ?? id) };
    compare('connection', name, textOf(found['id']), before, wanted);
  }

  // In this order, each resource finds those that it references.
  desired.apis?.forEach(compareApi);
  desired.clients?.forEach(compareClient);
  desired.connections?.forEach(compareConnection);
  const { flags, settings } = desired.tenant ?? {};
  compare('tenant', 'settings', undefined, current.tenant, { ...settings, ...(flags && { flags }) });
  for (const name of PROTECTIONS)
    compare('protection', name, name, current.protection?.[name] ?? {}, desired.protection?.[name] ?? {});
  for (const [id, name] of names) if (!clientIds.has(name)) clientIds.set(name, id);
  return { steps: inOrder(steps), clientIds, notes };
}

const ORDER: readonly ResourceKind[] = ['api', 'client', 'grant', 'connection', 'tenant', 'protection'];

const inOrder = (steps: readonly PlannedStep[]): PlannedStep[] =>
  steps.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
