import type { ManagementAccess } from '../../auth0/management-access.ts';
import type { DesiredTenant } from './desired-tenant.ts';
import type { Step } from './step.ts';

export interface ApplyOptions {
  /** Take over clients that have the wanted name and no owner. */
  readonly adopt?: boolean;
  /** Delete and create again what cannot be changed otherwise. */
  readonly allowReplace?: boolean;
  /** Stops between two steps. */
  readonly signal?: AbortSignal;
  /** Called before each step. */
  readonly onStep?: (step: Step, index: number, total: number) => void;
}

/** What was done. `failure` says why the rest was not. */
export interface Outcome {
  readonly done: readonly Step[];
  readonly left: readonly Step[];
  readonly failure?: Error | undefined;
}

/** Changes a tenant into what is wanted. Throws `ProvisionError` before any change where that cannot be planned. */
export declare function applyDesired(
  management: ManagementAccess,
  desired: DesiredTenant,
  options?: ApplyOptions,
): Promise<Outcome>;
