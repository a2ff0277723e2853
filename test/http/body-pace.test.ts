import { expect, it } from 'vitest';
import { createBodyPace } from '../../src/http/body-pace.ts';

/** A body with a clock that tests move. */
function watch() {
  let nowMs = 0;
  const pace = createBodyPace(() => nowMs);
  return {
    pace,
    wait: (seconds: number) => {
      nowMs += seconds * 1000;
      return pace.isTooSlow;
    },
  };
}

it('a body that does not arrive is too slow after 10 s', () => {
  const { wait } = watch();
  expect([wait(9), wait(2)]).toEqual([false, true]);
});

it('a body with occasional bytes is too slow after 10 s', () => {
  const { pace, wait } = watch();
  const verdicts = Array.from({ length: 11 }, () => {
    pace.received(1);
    return wait(1);
  });
  expect(verdicts).toEqual([...Array.from({ length: 10 }, () => false), true]);
});

it('a body of 1 kB a second is never too slow', () => {
  const { pace, wait } = watch();
  for (let second = 0; second < 1000; second++) {
    pace.received(1000);
    expect(wait(1)).toBe(false);
  }
});

it('a body that was fast may pause for 30 s, and no longer', () => {
  const { pace, wait } = watch();
  pace.received(100_000_000);
  expect([wait(29), wait(2)]).toEqual([false, true]);
});

it('a body is not too slow while the gateway does not read it', () => {
  const { pace, wait } = watch();
  pace.pause();
  expect(wait(3600)).toBe(false);
  pace.resume();
  pace.resume();
  expect([wait(9), wait(2)]).toEqual([false, true]);
});
