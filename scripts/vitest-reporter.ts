import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** The counts of the closing line of `npm test`. */
export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Counts a finished run: a test, a broken file or hook, and an error outside any test are one failure each. */
export function toTestCounts(modules: readonly TestModule[], unhandledErrors: number): TestCounts {
  const counts = { passed: 0, failed: unhandledErrors, skipped: 0 };
  for (const module of modules) {
    counts.failed += module.errors().length;
    for (const suite of module.children.allSuites()) counts.failed += suite.errors().length;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      // A pending test was interrupted by the end of the run.
      counts[state === 'pending' ? 'failed' : state] += 1;
    }
  }
  return counts;
}

/** The reasons of skipped tests, with their counts: the reason in a name, otherwise the name. */
function toLeftOut(modules: readonly TestModule[]): Map<string, number> {
  const reasons = new Map<string, number>();
  for (const module of modules) {
    for (const { fullName } of module.children.allTests('skipped')) {
      const reason = /\(left out: (.*?)\)/.exec(fullName)?.[1] ?? fullName;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  return reasons;
}

// vitest loads a reporter by its file's default export.
export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const file = process.env['TEST_RESULTS'];
    for (const [reason, count] of toLeftOut(modules)) process.stdout.write(`left out, ${count}: ${reason}\n`);
    if (file) writeFileSync(file, JSON.stringify(toTestCounts(modules, unhandledErrors.length)));
  }
}
