import { defineConfig } from 'vitest/config';
import { common, heavyTests } from './vitest.config.ts';

export default defineConfig({
  test: {
    ...common,
    include: [`test/${heavyTests}`, `packages/*/test/${heavyTests}`],
    // Some start several programs each: more at once would measure the machine.
    maxWorkers: 2,
  },
});
