import type { TestProject } from 'vitest/node';
import { startTenant } from './index.ts';
import type { TenantOptions } from './tenant-options.ts';
import type { SharedTenant } from './vitest.ts';

type Setup = (project: Pick<TestProject, 'provide'>) => Promise<() => Promise<void>>;

/** Creates a global set-up that starts one tenant for the run and closes it at the end. */
export const createSetup =
  (options: TenantOptions = {}): Setup =>
  async (project) => {
    const tenant = await startTenant(options);
    const shared: SharedTenant = { url: tenant.url };
    project.provide('tenant', shared);
    return () => tenant.close();
  };

/** The global set-up without options, for `globalSetup` in vitest's configuration. */
export const setup: Setup = createSetup();
