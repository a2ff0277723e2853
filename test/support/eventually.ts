import { expect } from 'vitest';

interface Pace {
  readonly timeout?: number;
  readonly interval?: number;
}

/** Expects of what is read again and again that it comes to be so, however busy the machine is. */
export const eventually = <T>(read: () => T, { timeout = 15_000, interval = 50 }: Pace = {}) =>
  expect.poll(read, { timeout, interval });
