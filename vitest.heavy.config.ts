import { defineConfig } from 'vitest/config';
import { common, heavyTests } from './vitest.config.ts';

export default defineConfig({
  test: {
    ...common,
    include: [`test/${heavyTests}`, `packages/*/test/${heavyTests}`],
    // Each of them may use a whole machine.
    maxWorkers: 1,
  },
});
