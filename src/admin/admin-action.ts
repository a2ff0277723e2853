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

/** What an action was, and whom it concerned where that was not known before. */
export interface AdminOutcome extends Pick<AuditEntry, 'subject'> {
  readonly reply: Reply;
}

/** What the rows of administrators share. */
export interface AdminActions {
  /**
   * The access to a row: the permission counts, never the scope, which a tenant grants to any user who asks where RBAC is not
   * enforced.
   */
  readonly guardedBy: (permission: AdminPermission) => {
    readonly audience: string;
    readonly guard: { readonly permissions: readonly [AdminPermission] };
  };
  /** Runs an action and records who did what to whom, however it ends. */
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
