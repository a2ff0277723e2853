import { GatewayError } from '../errors.ts';
import { toNetworkKey } from '../http/client-address.ts';
import type { Clock } from '../lib/clock.ts';
import { RecentMap } from '../lib/recent-map.ts';
import { type Attempt, createFailureLimiter, type FailureLimiter } from '../limits/failure-limit.ts';
import type { MakeLimiter, Rate } from '../limits/rate-limit.ts';
import type { Marks } from '../store/store.ts';

const KNOWN_FOR_MS = 30 * 24 * 3600 * 1000;
const RENEWED_AFTER_MS = 24 * 3600 * 1000;
const KNOWN_PAIRS = 100_000;

/** One attempt that was let in; told once how it ended. */
export interface SignInAttempt {
  readonly headers: Readonly<Record<string, string>>;
  readonly failed: () => Promise<void>;
  /** The password was right, and a second factor is still to come. */
  readonly halfway: () => Promise<void>;
  readonly succeeded: () => Promise<void>;
  /** The tenant could not judge: the attempt counts for nothing. */
  readonly unjudged: () => Promise<void>;
}

export interface SignInLimits {
  /** @throws GatewayError `too_many_attempts` for the account, `rate_limited` for the address */
  attempt(identifier: string, ip: string): Promise<SignInAttempt>;
  /** The second factor of an attempt that was left halfway is given. */
  completed(identifier: string, ip: string): Promise<void>;
}

export interface SignInLimitOptions {
  /** Undefined: no limits. */
  readonly rates: { readonly signinAccount: Rate; readonly signinIp: Rate } | undefined;
  readonly makeLimiter: MakeLimiter;
  /** Where it is kept, over all replicas, from which address an account was signed in to. */
  readonly known: Pick<Marks, 'isMarked' | 'mark'>;
  /** A keyed hash, so that no identifier is kept. */
  readonly toHash: (text: string) => string;
  readonly clock: Clock;
}

/** How an identifier counts, however it was typed. */
export const foldIdentifier = (identifier: string): string => identifier.normalize('NFKC').toLowerCase();

/** Lets an attempt past several limiters, in one order for all, or past none. */
async function enterAll(gates: readonly (readonly [FailureLimiter, string])[]): Promise<Attempt[]> {
  const entered: Attempt[] = [];
  try {
    for (const [limiter, key] of gates) entered.push(await limiter.enter(key));
    return entered;
  } catch (refusal) {
    await Promise.all(entered.map((attempt) => attempt.passed()));
    throw refusal;
  }
}

/** Remembers names for 30 days from when they were last seen: in the store, and here while that is away. */
function createKnown(marks: SignInLimitOptions['known'], clock: Clock) {
  const seenAtMs = new RecentMap<string, number>(KNOWN_PAIRS);
  const isYoung = (name: string, ageMs: number): boolean =>
    (seenAtMs.get(name) ?? Number.NEGATIVE_INFINITY) > clock.now() - ageMs;
  return {
    isKnown: async (name: string): Promise<boolean> =>
      isYoung(name, KNOWN_FOR_MS) || (await marks.isMarked(name).catch(unlessOutage(false))),
    async see(name: string): Promise<void> {
      if (isYoung(name, RENEWED_AFTER_MS)) return;
      seenAtMs.set(name, clock.now());
      await marks.mark(name, KNOWN_FOR_MS).catch(unlessOutage(undefined));
    },
  };
}

/** Takes the outage of the store for an answer: nobody is kept from signing in by it. */
const unlessOutage =
  <T>(answer: T) =>
  (error: unknown): T => {
    if (error instanceof GatewayError && error.code === 'store_unavailable') return answer;
    throw error;
  };

/**
 * Counts failed sign-ins by account and address, by address, and by account over all addresses. An address from which
 * the account was signed in to within 30 days is exempt from the last, so that strangers cannot lock the owner out.
 */
export function createSignInLimits(options: SignInLimitOptions): SignInLimits {
  const { rates, makeLimiter, toHash, clock } = options;
  const byPair = createFailureLimiter(
    makeLimiter,
    'signin-account',
    rates?.signinAccount,
    'too_many_attempts',
  );
  const byIp = createFailureLimiter(makeLimiter, 'signin-ip', rates?.signinIp);
  const byAccount = createFailureLimiter(
    makeLimiter,
    'signin-account-all',
    rates?.signinAccount,
    'too_many_attempts',
  );
  const pairs = createKnown(options.known, clock);
  const toKeys = (identifier: string, ip: string) => {
    const network = toNetworkKey(ip);
    const account = toHash(foldIdentifier(identifier));
    return { network, account, pair: toHash(`${account} ${network}`) };
  };

  return {
    completed: (identifier, ip) => pairs.see(`signed in ${toKeys(identifier, ip).pair}`),
    async attempt(identifier, ip) {
      const { network, account, pair } = toKeys(identifier, ip);
      const gates: (readonly [FailureLimiter, string])[] = [
        [byPair, pair],
        [byIp, network],
      ];
      if (!(await pairs.isKnown(`signed in ${pair}`))) gates.push([byAccount, account]);
      const attempts = await enterAll(gates);
      const [ofPair, ...others] = attempts;
      const pass = async (clear?: 'clear') => {
        await Promise.all([ofPair?.passed(clear), ...others.map((attempt) => attempt.passed())]);
      };
      return {
        headers: ofPair?.headers ?? {},
        failed: async () => {
          await Promise.all(attempts.map((attempt) => attempt.failed()));
        },
        halfway: () => pass('clear'),
        succeeded: async () => {
          await Promise.all([pairs.see(`signed in ${pair}`), pass('clear')]);
        },
        unjudged: () => pass(),
      };
    },
  };
}
