import { configDefaults, defineConfig, type ViteUserConfig } from 'vitest/config';

/** Tests that need clusters, images or long runs: `npm run test:heavy`. */
export const heavyTests = '**/*.heavy.test.ts';

export const common: NonNullable<ViteUserConfig['test']> = {
  // Far above what anything takes: a slow machine is no failure.
  testTimeout: 90_000,
  hookTimeout: 90_000,
  globalSetup: 'test/support/global-setup.ts',
  pool: 'forks',
  // A worker keeps the modules that it has loaded: to load all of the gateway anew for each file takes most of a run.
  isolate: false,
  // Node loads the modules itself, as it does in production: that takes a fifth less than through Vite.
  experimental: { viteModuleRunner: false },
};

export default defineConfig({
  test: {
    ...common,
    include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, heavyTests],
    // One more than the processors of the smallest machine that runs them: tests wait a part of their time.
    maxWorkers: 3,
  },
});
