import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** Numbers of tests. */
export interface TestCounts {
  passed: number;
  failed: number;
  skipped: number;
}

/** A failed test, or a hook or file that failed. */
export interface TestFailure {
  readonly file: string;
  readonly name: string;
  /** The first line of the error. */
  readonly message: string;
}

export interface TestResults extends TestCounts {
  readonly failures: readonly TestFailure[];
  /** The counts of each file with a failure. */
  readonly failedFiles: Readonly<Record<string, TestCounts>>;
  /** Errors outside of any test, which are counted as failures too. */
  readonly strayErrors: number;
}

const toFirstLine = (error: { readonly message?: string } | undefined): string =>
  (error?.message ?? 'no message').split('\n')[0] ?? '';

/** The counts and failures of one file: a test and a broken file or hook are one failure each. */
function toFileResults(module: TestModule): { counts: TestCounts; failures: TestFailure[] } {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const file = module.relativeModuleId;
  const failures: TestFailure[] = [];
  const fail = (name: string, errors: readonly { readonly message?: string }[]): void => {
    counts.failed += 1;
    failures.push({ file, name, message: toFirstLine(errors[0]) });
  };
  for (const error of module.errors()) fail('the file', [error]);
  for (const suite of module.children.allSuites())
    for (const error of suite.errors()) fail(suite.fullName, [error]);
  for (const test of module.children.allTests()) {
    const { state, errors } = test.result();
    // A pending test was interrupted by the end of the run.
    if (state === 'pending' || state === 'failed') fail(test.fullName, errors ?? []);
    else counts[state] += 1;
  }
  return { counts, failures };
}

/** The results of a finished run. */
export function toTestResults(modules: readonly TestModule[], strayErrors: number): TestResults {
  const files = modules.map((module) => ({ file: module.relativeModuleId, ...toFileResults(module) }));
  const sum = (name: keyof TestCounts): number =>
    files.reduce((total, { counts }) => total + counts[name], 0);
  return {
    passed: sum('passed'),
    failed: sum('failed') + strayErrors,
    skipped: sum('skipped'),
    failures: files.flatMap(({ failures }) => failures),
    failedFiles: Object.fromEntries(
      files.filter(({ failures }) => failures.length > 0).map(({ file, counts }) => [file, counts]),
    ),
    strayErrors,
  };
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
    if (file) writeFileSync(file, JSON.stringify(toTestResults(modules, unhandledErrors.length)));
  }
}
