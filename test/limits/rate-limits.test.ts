import { beforeEach, describe, expect, it } from 'vitest';
import { createTravelClock, systemClock } from '../../src/lib/clock.ts';
import { createFailureLimiter } from '../../src/limits/failure-limit.ts';
import { toNetworkKey, toWideNetworkKey } from '../../src/limits/networks.ts';
import { createLimiter, type MakeLimiter } from '../../src/limits/rate-limit.ts';
import { toLogField, toLogString } from '../../src/observe/printable.ts';
import { createSqliteStore } from '../../src/store/sqlite-store.ts';

let make: MakeLimiter;
beforeEach(() => {
  make = createSqliteStore(':memory:', systemClock).makeLimiter;
});
const rate = { count: 5, windowS: 60 };
const settled = async (attempts: readonly Promise<unknown>[]) =>
  (await Promise.allSettled(attempts)).map(({ status }) => status);

describe('a failure limiter', () => {
  it('allows no more failures than its rate, in parallel too', async () => {
    const limiter = createFailureLimiter(make, 'test', rate);
    let failed = 0;
    const outcomes = await settled(
      Array.from({ length: 50 }, async () => {
        const attempt = await limiter.enter('a');
        await Promise.resolve();
        failed++;
        await attempt.failed();
      }),
    );
    expect(failed).toBe(5);
    expect(outcomes.filter((status) => status === 'rejected')).toHaveLength(45);
    await expect(limiter.enter('a')).rejects.toMatchObject({ code: 'rate_limited' });
    await (await limiter.enter('b')).passed();
  });

  it('runs no more in parallel than failures remain, and allows all successful attempts', async () => {
    const limiter = createFailureLimiter(make, 'test', rate);
    let running = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 60 }, async () => {
        const attempt = await limiter.enter('a');
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        await attempt.passed();
      }),
    );
    expect(most).toBe(5);
  });

  it('clears failures on request', async () => {
    const limiter = createFailureLimiter(make, 'test', rate);
    for (let i = 0; i < 4; i++) await (await limiter.enter('a')).failed();
    await (await limiter.enter('a')).passed('clear');
    for (let i = 0; i < 5; i++) await (await limiter.enter('a')).failed();
    await expect(limiter.enter('a')).rejects.toMatchObject({ code: 'rate_limited' });
  });
});

describe('failures of several names under one key', () => {
  const windowS = 60;
  const named = () => {
    const clock = createTravelClock();
    const store = createSqliteStore(':memory:', clock);
    return { clock, limiter: createFailureLimiter(store.makeLimiter, 'test', { count: 5, windowS }) };
  };

  it('are cleared separately by a success of each name', async () => {
    const { limiter } = named();
    for (let i = 0; i < 4; i++) await (await limiter.enter('a', 'yours')).failed();
    await (await limiter.enter('a', 'mine')).passed('clear');
    await (await limiter.enter('a', 'mine')).failed();
    await expect(limiter.enter('a', 'mine')).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('of an ended window refund nothing in the next', async () => {
    const { clock, limiter } = named();
    await (await limiter.enter('a', 'yours')).failed();
    clock.offsetS += windowS - 5;
    for (let i = 0; i < 4; i++) await (await limiter.enter('a', 'mine')).failed();
    clock.offsetS += 10;
    for (let i = 0; i < 4; i++) await (await limiter.enter('a', 'yours')).failed();
    await (await limiter.enter('a', 'mine')).passed('clear');
    await (await limiter.enter('a', 'yours')).failed();
    await expect(limiter.enter('a', 'yours')).rejects.toMatchObject({ code: 'rate_limited' });
  });
});

describe('a limiter', () => {
  it('does not count what it refuses', async () => {
    const limiter = createLimiter(make, 'test', rate);
    const outcomes = await settled(Array.from({ length: 30 }, () => limiter.charge('a')));
    expect(outcomes.filter((status) => status === 'fulfilled')).toHaveLength(5);
    await limiter.refund('a');
    await expect(limiter.charge('a')).resolves.toBeDefined();
    await expect(limiter.charge('a')).rejects.toMatchObject({ code: 'rate_limited' });
  });
});

describe('parallel charges', () => {
  it('are one call of the store for each key, and each gets its own remaining count', async () => {
    const calls: [string, number][] = [];
    const counting: MakeLimiter = (name, given) => {
      const limiter = make(name, given);
      const consume = limiter.consume.bind(limiter);
      limiter.consume = (key, points = 1) => {
        calls.push([String(key), points]);
        return consume(key, points);
      };
      return limiter;
    };
    const limiter = createLimiter(counting, 'test', rate);
    const results = await Promise.all(['a', 'b', 'a', 'a'].map((key) => limiter.charge(key)));
    expect(calls).toEqual([
      ['a', 3],
      ['b', 1],
    ]);
    expect(results.map((headers) => headers['RateLimit'])).toEqual(
      [4, 4, 3, 2].map((left) => `"test";r=${left};t=60`),
    );
  });

  it('during a call of the store wait for it, and then are one call', async () => {
    const calls: number[] = [];
    const slow: MakeLimiter = (name, given) => {
      const limiter = make(name, given);
      const consume = limiter.consume.bind(limiter);
      limiter.consume = async (key, points = 1) => {
        calls.push(points);
        await new Promise((resolve) => {
          setTimeout(resolve, 20);
        });
        return consume(key, points);
      };
      return limiter;
    };
    const limiter = createLimiter(slow, 'test', rate);
    const charges = [limiter.charge('a')];
    for (let turn = 0; turn < 3; turn++) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
      charges.push(limiter.charge('a'));
    }
    expect((await Promise.all(charges)).map((headers) => headers['RateLimit'])).toEqual(
      [4, 3, 2, 1].map((left) => `"test";r=${left};t=60`),
    );
    expect(calls).toEqual([1, 3]);
    await limiter.charge('a');
    expect(calls).toEqual([1, 3, 1]);
  });

  it('beyond the rate are refused, the last ones, and the first take what is left', async () => {
    const limiter = createLimiter(make, 'test', rate);
    await limiter.charge('a');
    expect(await settled(Array.from({ length: 9 }, () => limiter.charge('a')))).toEqual([
      ...Array.from({ length: 4 }, () => 'fulfilled'),
      ...Array.from({ length: 5 }, () => 'rejected'),
    ]);
  });

  it('fail together where the store and what stands in for it fail', async () => {
    const failing: MakeLimiter = (name, given) => {
      const limiter = make(name, given);
      limiter.consume = () => Promise.reject(new Error('no store'));
      return limiter;
    };
    const limiter = createLimiter(failing, 'test', rate);
    const outcomes = await Promise.allSettled(['a', 'a', 'b'].map((key) => limiter.charge(key)));
    expect(outcomes).toMatchObject(Array.from({ length: 3 }, () => ({ reason: { message: 'no store' } })));
  });
});

describe('an address', () => {
  it('counts by its /64 if it is IPv6, and completely if it is IPv4', () => {
    expect(toNetworkKey('2001:db8:1:2::1')).toBe(toNetworkKey('2001:db8:1:2:ffff:ffff:ffff:ffff'));
    expect(toNetworkKey('2001:db8:1:2::1')).not.toBe(toNetworkKey('2001:db8:1:3::1'));
    expect(toNetworkKey('192.0.2.1')).toBe('192.0.2.1');
    expect(toNetworkKey('')).toBe('');
  });

  it('counts as the IPv4 address that it maps', () => {
    for (const ip of ['::ffff:192.0.2.1', '::FFFF:c000:201', '64:ff9b::192.0.2.1', '64:ff9b::c000:201']) {
      expect([toNetworkKey(ip), toWideNetworkKey(ip)]).toEqual(['192.0.2.1', undefined]);
    }
  });

  it('has a /48 if it is IPv6', () => {
    const wide = toWideNetworkKey('2001:db8:1:2::1');
    expect(wide).toBe('20010db80001/48');
    expect(toWideNetworkKey('2001:db8:1:ffff::1')).toBe(wide);
    expect([toWideNetworkKey('2001:db8:2::1') === wide, toWideNetworkKey('192.0.2.1')]).toEqual([
      false,
      undefined,
    ]);
  });
});

describe('user input in the log', () => {
  it('has no separators, control characters and direction marks', () => {
    const text = 'a\u2028b\u2029c\u0085d\u009be\u202ef\n"';
    expect(toLogString(text)).toBe('"a\\u2028b\\u2029c\\u0085d\\u009be\\u202ef\\n\\""');
    expect(JSON.parse(toLogString(text))).toBe(text);
    expect(toLogField(text)).toBe('a?b?c?d?e?f\n"');
  });
});
