import type { TenantContext } from '../../src/context.ts';
import type { OpenTenant } from '../../src/tenant.ts';

/** A tenant as its public API returns it. */
export type ClosedTenant = Omit<OpenTenant, 'context'>;

const isOpen = (tenant: ClosedTenant): tenant is OpenTenant => 'context' in tenant;

/** The internals of a tenant in this process, which its public API does not expose. */
export function contextOf(tenant: ClosedTenant): TenantContext {
  if (!isOpen(tenant)) throw new Error('the tenant does not run in this process');
  return tenant.context;
}
