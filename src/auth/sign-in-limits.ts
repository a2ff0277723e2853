import { type ErrorCode, GatewayError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { RecentMap } from '../lib/recent-map.ts';
import { type AddressLimit, createAddressFailureLimit, enterAll } from '../limits/address-limit.ts';
import { createFailureLimiter } from '../limits/failure-limit.ts';
import { toNetworkKey } from '../limits/networks.ts';
import type { MakeLimiter, Rate } from '../limits/rate-limit.ts';
import type { ReplayStore } from '../store/store.ts';

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
  readonly undecided: () => Promise<void>;
}

export interface SignInLimits {
  /** Failures of an address, whatever the account. */
  readonly address: AddressLimit;
  /** @throws LimitRefusal `too_many_attempts` */
  attempt(identifier: string, ip: string): Promise<SignInAttempt>;
  /** The second factor of an attempt that was left halfway is given. */
  completed(identifier: string, ip: string): Promise<void>;
}

export interface SignInLimitOptions {
  /** Undefined: no limits. */
  readonly rates: { readonly signinAccount: Rate; readonly signinIp: Rate } | undefined;
  readonly makeLimiter: MakeLimiter;
  /** Where it is kept, over all replicas, from which address an account was signed in to. */
  readonly known: Pick<ReplayStore, 'isRemembered' | 'remember'>;
  /** A keyed hash, so that no identifier is kept. */
  readonly toHash: (text: string) => string;
  readonly clock: Clock;
}

/** What the tenant judged to be the caller's fault; everything else does not count as a failed attempt. */
export const SIGN_IN_FAILURES: ReadonlySet<ErrorCode> = new Set([
  'invalid_credentials',
  'user_blocked',
  'password_leaked',
  'too_many_attempts',
]);

const INVISIBLE = /[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}]/gu;

/**
 * How an identifier counts, however it was typed: all that look alike, or that a tenant might take for the same account,
 * are one. Upper case first, since some letters have no lower case of their own (`ſ`, `ı`).
 */
export const foldIdentifier = (identifier: string): string =>
  identifier.normalize('NFKC').replaceAll(INVISIBLE, '').toUpperCase().toLowerCase().normalize('NFKC');

/**
 * Which account an identifier names: of all that look alike, one account alone. Auth0 keeps its names in lower case; beyond
 * ASCII that may make one name of two.
 */
const toAccountName = (identifier: string): string =>
  identifier.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());

/** Remembers names for 30 days from when they were last seen: in the store, and here while that is away. */
function createKnown(replayStore: SignInLimitOptions['known'], clock: Clock) {
  const seenAtMs = new RecentMap<string, number>(KNOWN_PAIRS);
  const isYoung = (name: string, ageMs: number): boolean =>
    (seenAtMs.get(name) ?? Number.NEGATIVE_INFINITY) > clock.now() - ageMs;
  return {
    isKnown: async (name: string): Promise<boolean> =>
      isYoung(name, KNOWN_FOR_MS) || (await replayStore.isRemembered(name).catch(unlessOutage(false))),
    async see(name: string): Promise<void> {
      if (isYoung(name, RENEWED_AFTER_MS)) return;
      seenAtMs.set(name, clock.now());
      await replayStore.remember(name, KNOWN_FOR_MS).catch(unlessOutage(undefined));
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
 * Failures count for all names that look alike; what a success forgets, and where it makes an address known, is the
 * account that was signed in to alone: whoever owns a name that looks like another's gains no guesses at that one.
 */
export function createSignInLimits(options: SignInLimitOptions): SignInLimits {
  const { rates, makeLimiter, toHash, clock } = options;
  const ofAccount = (name: string) =>
    createFailureLimiter(makeLimiter, name, rates?.signinAccount, 'too_many_attempts');
  const byPair = ofAccount('signin-account');
  const byAccount = ofAccount('signin-account-all');
  const pairs = createKnown(options.known, clock);
  const toKeys = (identifier: string, ip: string) => {
    const network = toNetworkKey(ip);
    const lookAlikes = toHash(foldIdentifier(identifier));
    const account = toHash(toAccountName(identifier));
    return { network, lookAlikes, account, known: `signed in ${toHash(`${account} ${network}`)}` };
  };

  return {
    address: createAddressFailureLimit(makeLimiter, 'signin-ip', rates?.signinIp, SIGN_IN_FAILURES),
    completed: (identifier, ip) => pairs.see(toKeys(identifier, ip).known),
    async attempt(identifier, ip) {
      const { network, lookAlikes, account, known } = toKeys(identifier, ip);
      const isKnown = await pairs.isKnown(known);
      const attempts = await enterAll([
        [byPair, toHash(`${lookAlikes} ${network}`), account],
        ...(isKnown ? [] : ([[byAccount, lookAlikes]] as const)),
      ]);
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
          await Promise.all([pairs.see(known), pass('clear')]);
        },
        undecided: () => pass(),
      };
    },
  };
}
