import { test as base, inject, type TestAPI } from 'vitest';
import { connectTenant, startTenant, type Tenant, type TenantAddress, type TenantHandle } from './index.ts';
import type { TenantOptions } from './tenant-options.ts';

/** What the global set-up `vitest-setup` provides as `tenant`. */
export type SharedTenant = TenantAddress;

declare module 'vitest' {
  interface ProvidedContext {
    readonly tenant: SharedTenant;
  }
}

export interface TenantFixtures {
  /** The options of the file's tenant, such as its `seed`. Set them with `test.override`. */
  readonly tenantOptions: TenantOptions;
  /** The tenant of the file, which is reset after each test. */
  readonly tenant: Tenant;
}

interface FileFixtures extends TenantFixtures {
  readonly fileTenant: Tenant;
}

/** Vitest's `test` with a tenant per file. */
export const test: TestAPI<TenantFixtures> = base.extend<FileFixtures>({
  tenantOptions: [{}, { scope: 'file' }],
  fileTenant: [
    async ({ tenantOptions }, use) => {
      const tenant = await startTenant(tenantOptions);
      await use(tenant);
      await tenant.close();
    },
    { scope: 'file' },
  ],
  tenant: async ({ fileTenant }, use) => {
    await use(fileTenant);
    await fileTenant.reset();
  },
});

/** The tenant of the run. Requires the global set-up `vitest-setup`. */
export const sharedTenant = (): Promise<TenantHandle> => connectTenant(inject('tenant'));
