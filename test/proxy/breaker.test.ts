import { describe, expect, it } from 'vitest';
import { createBreaker } from '../../src/proxy/breaker.ts';
import { createRollingShare } from '../../src/proxy/rolling-share.ts';

/** A breaker and its time, in milliseconds. */
function makeBreaker() {
  const time = { ms: 1_000_000 };
  const breaker = createBreaker(() => time.ms);
  const call = (outcome: 'good' | 'bad' | 'void', count = 1) => {
    for (let i = 0; i < count; i++) {
      breaker.enter();
      breaker.leave(outcome);
    }
  };
  return { time, breaker, call };
}

describe('a breaker', () => {
  it('opens when half of the calls of five seconds have failed', () => {
    const { breaker, call } = makeBreaker();
    call('good', 6);
    call('bad', 5);
    expect(breaker.enter()).toBe(0);
    call('bad', 1);
    expect(breaker.enter()).toBeGreaterThan(0);
  });

  it('does not open for fewer than five calls', () => {
    const { breaker, call } = makeBreaker();
    call('bad', 4);
    expect(breaker.enter()).toBe(0);
  });

  it('ignores calls older than five seconds', () => {
    const { time, breaker, call } = makeBreaker();
    call('bad', 4);
    time.ms += 5_500;
    call('bad', 4);
    expect(breaker.enter()).toBe(0);
  });

  it('allows one probe every two seconds, and closes after the first successful call', () => {
    const { time, breaker, call } = makeBreaker();
    call('bad', 5);
    expect(breaker.enter()).toBe(2_000);
    time.ms += 2_000;
    const entered = Array.from({ length: 20 }, () => breaker.enter());
    expect(entered.filter((waitMs) => waitMs === 0)).toHaveLength(1);
    breaker.leave('bad');
    expect(breaker.enter()).toBeGreaterThan(0);
    time.ms += 2_000;
    expect(breaker.enter()).toBe(0);
    breaker.leave('good');
    expect(breaker.enter()).toBe(0);
    call('bad', 2);
    expect(breaker.enter()).toBe(0);
  });

  it('does not stay open because of a probe that never ends or whose caller disconnects', () => {
    const { time, breaker, call } = makeBreaker();
    call('bad', 5);
    for (const outcome of ['void', undefined] as const) {
      time.ms += 2_000;
      expect(breaker.enter()).toBe(0);
      if (outcome) breaker.leave(outcome);
    }
    time.ms += 2_000;
    expect(breaker.enter()).toBe(0);
    breaker.leave('good');
    expect(breaker.isOpen).toBe(false);
  });
});

it('a rolling share counts only its time window', () => {
  const time = { ms: 123_456 };
  const share = createRollingShare(1_000, () => time.ms);
  for (let i = 0; i < 30; i++) {
    share.add(i % 2 === 0);
    time.ms += 100;
  }
  expect(share.read()).toEqual({ total: 9, marked: 4 });
  time.ms += 100_000;
  expect(share.read()).toEqual({ total: 0, marked: 0 });
});
