import type { TenantContext } from '../../src/context.ts';
import type { OpenTenant, Tenant } from '../../src/tenant.ts';

const isOpen = (tenant: Tenant): tenant is OpenTenant => 'context' in tenant;

/** The internals of a tenant in this process, which its public API does not expose. */
export function contextOf(tenant: Tenant): TenantContext {
  if (!isOpen(tenant)) throw new Error('the tenant does not run in this process');
  return tenant.context;
}
