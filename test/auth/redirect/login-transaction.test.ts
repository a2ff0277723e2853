import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createLoginTransactions } from '../../../src/auth/redirect/login-transaction.ts';
import { createCookieJar } from '../../../src/browser/cookies.ts';
import { createTravelClock } from '../../../src/lib/clock.ts';
import { createSealer } from '../../../src/lib/sealed.ts';

const secret = 'a secret of the tests, at least 32 bytes long';
const wish = {
  via: 'pages',
  returnTo: 'https://app.example.com/',
  audience: 'urn:api',
  isSilent: false,
} as const;

function createWorld(purpose = 'login transaction') {
  const clock = createTravelClock();
  const jar = createCookieJar('https://gate.example.com');
  const transactions = createLoginTransactions({ sealer: createSealer([secret], purpose), jar, clock });
  return { clock, transactions };
}

/** The Cookie header of a browser for these Set-Cookie headers. */
function keep(cookies: Map<string, string>, setCookies: readonly string[]): void {
  for (const setCookie of setCookies) {
    const [pair = '', maxAge] = setCookie.split('; ');
    const [name = '', value = ''] = pair.split('=', 2);
    if (maxAge === 'Max-Age=0') cookies.delete(name);
    else cookies.set(name, value);
  }
}
const toHeader = (cookies: Map<string, string>) => ({
  cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
});

describe('a login transaction', () => {
  it('is found by its state, only in the browser that started it', () => {
    const { transactions } = createWorld();
    const cookies = new Map<string, string>();
    const begun = transactions.begin({}, wish);
    keep(cookies, begun.cookies);
    const { state } = begun.transaction;
    expect(transactions.take(toHeader(cookies), state).transaction).toEqual(begun.transaction);
    expect(() => transactions.take({}, state)).toThrow(expect.objectContaining({ code: 'state_mismatch' }));
    expect(() => transactions.take({}, 'another')).toThrow(
      expect.objectContaining({ code: 'login_expired' }),
    );
    expect(() => transactions.take(toHeader(cookies), 'another')).toThrow(
      expect.objectContaining({ code: 'state_mismatch' }),
    );
    expect(() => transactions.take(toHeader(cookies), undefined)).toThrow(
      expect.objectContaining({ code: 'state_mismatch' }),
    );
  });

  it('has its own state, nonce and verifier, and its cookie has the attributes of a host cookie', () => {
    const { transactions } = createWorld();
    const begun = transactions.begin({}, wish);
    const other = transactions.begin({}, wish);
    for (const key of ['state', 'nonce', 'codeVerifier'] as const)
      expect(begun.transaction[key]).not.toBe(other.transaction[key]);
    expect(begun.transaction.codeVerifier).toMatch(/^[\w.~-]{43,128}$/);
    const challenge = createHash('sha256').update(begun.transaction.codeVerifier).digest('base64url');
    expect(begun.codeChallenge).toBe(challenge);
    expect(begun.cookies[0]).toMatch(
      /^__Host-gatehouse-tx-[\w-]{16}=[\w-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    );
    expect(begun.cookies[0]).not.toContain(begun.transaction.state);
  });

  it('is recalled by its state without the cookie, but not with another secret', () => {
    const { transactions } = createWorld();
    const { state, id } = transactions.begin({}, wish).transaction;
    expect(transactions.recall(state)).toMatchObject({ id, returnTo: wish.returnTo });
    expect(createWorld('mfa handle').transactions.recall(state)).toBeUndefined();
    expect(transactions.recall(`${state.slice(0, -2)}AA`)).toBeUndefined();
    expect(transactions.recall(undefined)).toBeUndefined();
  });

  it('does not reveal its return_to', () => {
    const { state } = createWorld().transactions.begin(
      {},
      { ...wish, returnTo: 'https://app.example.com/secret' },
    ).transaction;
    expect(Buffer.from(state, 'base64url').toString('latin1')).not.toContain('secret');
  });

  it('ends after ten minutes', () => {
    const { transactions, clock } = createWorld();
    const cookies = new Map<string, string>();
    const { transaction, cookies: set } = transactions.begin({}, wish);
    keep(cookies, set);
    clock.offsetS += 601;
    expect(() => transactions.take(toHeader(cookies), transaction.state)).toThrow(
      expect.objectContaining({ code: 'login_expired' }),
    );
  });

  it('is refused if its cookie was changed, sealed for another purpose, or sent twice', () => {
    const { transactions } = createWorld();
    const other = createWorld('mfa handle').transactions.begin({}, wish);
    const [foreign = ''] = other.cookies[0]?.split(';') ?? [];
    expect(() => transactions.take({ cookie: foreign }, other.transaction.state)).toThrow();
    const own = transactions.begin({}, wish);
    const [pair = ''] = own.cookies[0]?.split(';') ?? [];
    const { state } = own.transaction;
    expect(() => transactions.take({ cookie: `${pair}; ${pair}` }, state)).toThrow();
    expect(() => transactions.take({ cookie: `${pair.slice(0, -2)}AA` }, state)).toThrow();
    expect(transactions.take({ cookie: pair }, state).transaction.state).toBe(state);
  });

  it('is one of at most five: after a hundred unfinished ones a browser keeps the newest five, which can all be completed', () => {
    const { transactions, clock } = createWorld();
    const cookies = new Map<string, string>();
    const states: string[] = [];
    for (let i = 0; i < 100; i++) {
      clock.offsetS += 1;
      const { transaction, cookies: set } = transactions.begin(toHeader(cookies), {
        ...wish,
        returnTo: `https://app.example.com/${'x'.repeat(900)}`,
      });
      keep(cookies, set);
      states.push(transaction.state);
    }
    expect(cookies.size).toBe(5);
    expect(toHeader(cookies).cookie.length).toBeLessThan(500);
    for (const state of states.slice(-5))
      expect(transactions.take(toHeader(cookies), state).transaction.state).toBe(state);
  });

  it('started in parallel leaves the newest thirty-two of hundreds, in less than 4 kB of cookies', () => {
    const { transactions, clock } = createWorld();
    const cookies = new Map<string, string>();
    const begun = Array.from({ length: 300 }, () => transactions.begin({}, wish));
    for (const { cookies: set } of begun) keep(cookies, set);
    expect(toHeader(cookies).cookie.length).toBeLessThan(4096);
    for (const { transaction } of begun.slice(-32))
      expect(transactions.take(toHeader(cookies), transaction.state).transaction).toEqual(transaction);
    // The next one removes the surplus.
    clock.offsetS += 1;
    const { transaction, cookies: set } = transactions.begin(toHeader(cookies), wish);
    keep(cookies, set);
    expect(cookies.size).toBe(5);
    expect(transactions.take(toHeader(cookies), transaction.state).transaction).toEqual(transaction);
  });

  it('removes unreadable cookies first', () => {
    const { transactions } = createWorld();
    const cookies = new Map([['__Host-gatehouse-tx-of-an-old-version', 'x'.repeat(1500)]]);
    const states = Array.from({ length: 5 }, () => {
      const { transaction, cookies: set } = transactions.begin(toHeader(cookies), wish);
      keep(cookies, set);
      return transaction.state;
    });
    expect(toHeader(cookies).cookie).not.toContain('xxx');
    for (const state of states)
      expect(transactions.take(toHeader(cookies), state).transaction.state).toBe(state);
  });
});
