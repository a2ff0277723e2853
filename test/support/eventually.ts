import { expect } from 'vitest';

interface Pace {
  readonly timeout?: number;
  readonly interval?: number;
}

/** Reads a value repeatedly until an expectation holds; independent of the machine's speed. */
export const eventually = <T>(read: () => T, { timeout = 15_000, interval = 50 }: Pace = {}) =>
  expect.poll(read, { timeout, interval });
