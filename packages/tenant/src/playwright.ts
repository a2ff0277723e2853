import { test as base } from '@playwright/test';
import { connectTenant, startTenant, type TenantHandle } from './index.ts';
import type { TenantOptions } from './tenant-options.ts';

export { expect } from '@playwright/test';

/** The `storageState` option of a browser context. */
export interface StorageState {
  cookies: {
    name: string;
    value: string;
    domain: string;
    path: string;
    expires: number;
    httpOnly: boolean;
    secure: boolean;
    sameSite: 'Lax' | 'None' | 'Strict';
  }[];
  origins: [];
}

export interface TenantFixtures {
  /** The tenant of the worker, which is reset after each test; or the one at `tenantUrl`, which is not reset. */
  readonly tenant: TenantHandle;
  /** A browser state with a session of the user at the tenant. Applications then sign in without a page. */
  readonly signedInAs: (user: string) => Promise<StorageState>;
  /** The mails and text messages, oldest first; `to` selects one recipient. */
  readonly inbox: TenantHandle['inbox'];
}

export interface TenantWorkerOptions {
  /** The options of the worker's tenant. */
  readonly tenantOptions: TenantOptions;
  /** The URL of a running tenant, to be used instead of a new one. */
  readonly tenantUrl: string | undefined;
}

interface WorkerFixtures extends TenantWorkerOptions {
  readonly workerTenant: TenantHandle;
}

/** Playwright's `test` with a tenant. */
export const test = base.extend<TenantFixtures, WorkerFixtures>({
  tenantOptions: [{}, { scope: 'worker', option: true }],
  tenantUrl: [undefined, { scope: 'worker', option: true }],
  workerTenant: [
    async ({ tenantOptions, tenantUrl }, use) => {
      if (tenantUrl !== undefined) {
        await use(await connectTenant({ url: tenantUrl }));
        return;
      }
      const tenant = await startTenant(tenantOptions);
      await use(tenant);
      await tenant.close();
    },
    { scope: 'worker' },
  ],
  tenant: async ({ workerTenant, tenantUrl }, use) => {
    await use(workerTenant);
    if (tenantUrl === undefined) await workerTenant.reset();
  },
  signedInAs: async ({ tenant }, use) => {
    await use(async (user) => {
      const { cookies } = await tenant.signInAs(user, { answer: 'cookies' });
      return { cookies: [...cookies], origins: [] };
    });
  },
  inbox: async ({ tenant }, use) => {
    await use((to) => tenant.inbox(to));
  },
});
