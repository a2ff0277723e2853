import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '../support/browser.ts';
import { stores } from '../support/start-test-tenant.ts';
import { exchange, refresh, signedInBrowser, silentCode } from './actions.ts';
import { expectTokens, textOf } from './checks.ts';
import { type OpenTarget, openEmbeddedTarget } from './embedded-target.ts';
import { type Answer, createTarget, type Target } from './target.ts';

const tries = 1000;
const atOnce = 20;
const timeout = 60_000;

/** Runs `work` that many times with limited concurrency, and counts its results. */
async function countOutcomes(work: () => Promise<string>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  let left = tries;
  const runner = async () => {
    while (left-- > 0) {
      const outcome = await work();
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, runner));
  return counts;
}

const outcomeOf = (answers: readonly { readonly status: number }[]): string =>
  answers
    .map(({ status }) => status)
    .toSorted((a, b) => a - b)
    .join(' ');

describe.each(stores)('a thousand races on %s', (store) => {
  let opened: OpenTarget;
  let target: Target;
  let browser: Browser;
  beforeAll(async () => {
    opened = await openEmbeddedTarget(store);
    target = createTarget(opened);
    ({ browser } = await signedInBrowser(target));
  });
  afterAll(() => opened.close());

  it('no code is used twice', { timeout }, async () => {
    const counts = await countOutcomes(async () => {
      const code = await silentCode(target, browser);
      return outcomeOf(await Promise.all([exchange(target, code), exchange(target, code)]));
    });
    expect(counts).toEqual({ '200 403': tries });
  });

  it('of a thousand uses of one code, and of one refresh token, one succeeds', { timeout }, async () => {
    const code = await silentCode(target, browser, { scope: 'openid offline_access' });
    let first: Answer | undefined;
    const exchanged = await countOutcomes(async () => {
      const answer = await exchange(target, code);
      if (answer.status === 200) first = answer;
      return String(answer.status);
    });
    expect(exchanged).toEqual({ '200': 1, '403': tries - 1 });
    // A replayed code revokes its tokens.
    expect((await refresh(target, String(first?.json.refresh_token))).status).toBe(403);
    const another = await silentCode(target, browser, { scope: 'openid offline_access' });
    const token = textOf(expectTokens(await exchange(target, another)), 'refresh_token');
    const refreshed = await countOutcomes(async () => String((await refresh(target, token)).status));
    expect(refreshed).toEqual({ '200': 1, '403': tries - 1 });
  });

  it('no refresh token is used twice, and each that was tried twice is revoked', { timeout }, async () => {
    const counts = await countOutcomes(async () => {
      const code = await silentCode(target, browser, { scope: 'openid offline_access' });
      const token = textOf(expectTokens(await exchange(target, code)), 'refresh_token');
      const answers = await Promise.all([refresh(target, token), refresh(target, token)]);
      const young = answers.find(({ status }) => status === 200)?.json.refresh_token;
      const last = await refresh(target, String(young));
      return `${outcomeOf(answers)}, then ${last.status}`;
    });
    expect(counts).toEqual({ '200 403, then 403': tries });
  });
});
