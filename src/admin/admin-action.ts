import type { Caller, Reply, RequestInfo } from '../http/route.ts';
import { type AdminEvent, type Audit, type AuditEntry, toAuditOutcome } from '../observe/audit.ts';

/** The permissions of the API that `AUTH0_ADMIN_AUDIENCE` names. */
export type AdminPermission =
  | 'read:users'
  | 'create:users'
  | 'update:users'
  | 'delete:users'
  | 'manage:sessions'
  | 'read:customers'
  | 'manage:customers';

/** The result of an action, and its subject if that was unknown before the action. */
export interface AdminOutcome extends Pick<AuditEntry, 'subject'> {
  readonly reply: Reply;
}

/** Shared by the routes of the administration API. */
export interface AdminActions {
  /**
   * The guard of a route: it requires the permission, not a scope, because without RBAC a tenant grants a scope to any user
   * who requests it.
   */
  readonly guardedBy: (permission: AdminPermission) => {
    readonly audience: string;
    readonly guard: { readonly permissions: readonly [AdminPermission] };
  };
  /** Runs an action and records actor, action and subject, for success and failure. */
  readonly act: (
    event: AdminEvent,
    by: { readonly caller: Caller; readonly request: RequestInfo },
    about: Pick<AuditEntry, 'subject' | 'customer'>,
    run: () => Promise<AdminOutcome>,
  ) => Promise<Reply>;
}

export const createAdminActions = (audience: string, audit: Audit): AdminActions => ({
  guardedBy: (permission) => ({ audience, guard: { permissions: [permission] } }),
  async act(event, { caller, request: { id: requestId, ip } }, about, run) {
    const entry = { event, requestId, ip, actor: caller.subject, clientId: caller.clientId, ...about };
    try {
      const { reply, subject = about.subject } = await run();
      audit({ ...entry, subject, outcome: 'succeeded' });
      return reply;
    } catch (error) {
      audit({ ...entry, ...toAuditOutcome(error) });
      throw error;
    }
  },
});
