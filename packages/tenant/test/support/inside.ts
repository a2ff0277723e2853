import type { TenantContext } from '../../src/context.ts';
import type { OpenTenant, Tenant } from '../../src/tenant.ts';

const isOpen = (tenant: Tenant): tenant is OpenTenant => 'context' in tenant;

/** The inside of a tenant that runs in this process, which its public face does not show. */
export function insideOf(tenant: Tenant): TenantContext {
  if (!isOpen(tenant)) throw new Error('the tenant has no inside: it runs elsewhere');
  return tenant.context;
}
