import { type ManagementAccess, toManagementError } from '../../auth0/management-access.ts';
import { applySteps, type Outcome, type StepOptions } from './apply-steps.ts';
import { type CurrentTenant, readCurrentTenant } from './current-tenant.ts';
import { type DesiredTenant, PROTECTIONS } from './desired-tenant.ts';
import { type DiffOptions, diffTenant, type Plan } from './diff.ts';
import { type Access, requireScopes, toKinds, toScopes } from './management-scopes.ts';
import type { ResourceKind } from './step.ts';

/**
 * `adopt`: adopt clients with the desired name and without an owner. `allowReplace`: delete and recreate what cannot be
 * changed.
 */
export interface ApplyOptions extends DiffOptions, StepOptions {
  /** Called before each kind of resources is read. */
  readonly onRead?: ((kind: ResourceKind) => void) | undefined;
}

/** A plan, and the tenant for which it was made. */
export interface PlannedTenant extends Plan {
  readonly current: CurrentTenant;
}

/**
 * Reads the tenant and compares it with what is wanted. Throws `ProvisionError` where scopes are missing or there is no
 * plan, and `ManagementRefusal`.
 */
export async function planDesired(
  management: ManagementAccess,
  desired: DesiredTenant,
  { access, onRead, ...options }: DiffOptions & Pick<ApplyOptions, 'onRead'> & { readonly access: Access },
): Promise<PlannedTenant> {
  const kinds = toKinds(desired);
  try {
    await requireScopes(management, toScopes(kinds, access));
    const connections = new Set(
      (desired.connections ?? []).flatMap(({ name, clients }) => (clients ? [name] : [])),
    );
    const protections = PROTECTIONS.filter((name) => desired.protection?.[name]);
    const current = await readCurrentTenant(management, kinds, { onRead, connections, protections });
    return { ...diffTenant(current, desired, options), current };
  } catch (error) {
    throw toManagementError(error);
  }
}

/** Changes a tenant to the desired state. Throws like `planDesired`, before any change. */
export async function applyDesired(
  management: ManagementAccess,
  desired: DesiredTenant,
  options: ApplyOptions = {},
): Promise<Outcome> {
  const access = { writes: true, replaces: options.allowReplace };
  const { steps, clientIds } = await planDesired(management, desired, { ...options, access });
  return applySteps(management, steps, clientIds, options);
}
