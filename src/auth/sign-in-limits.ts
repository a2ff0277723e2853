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

/** A sign-in attempt that the limits allowed. The caller reports its result once, with one of the methods. */
export interface SignInAttempt {
  readonly headers: Readonly<Record<string, string>>;
  readonly failed: () => Promise<void>;
  /** The password was right; the second factor is still pending. */
  readonly halfway: () => Promise<void>;
  readonly succeeded: () => Promise<void>;
  /** The tenant could not check the credentials: the attempt does not count. */
  readonly undecided: () => Promise<void>;
}

export interface SignInLimits {
  /** Limits the failures of an address over all accounts. */
  readonly address: AddressLimit;
  /** @throws LimitRefusal `too_many_attempts` */
  attempt(identifier: string, ip: string): Promise<SignInAttempt>;
  /** The second factor of a halfway attempt succeeded. */
  completed(identifier: string, ip: string): Promise<void>;
}

export interface SignInLimitOptions {
  /** Undefined: no limits. */
  readonly rates: { readonly signinAccount: Rate; readonly signinIp: Rate } | undefined;
  readonly makeLimiter: MakeLimiter;
  /** Remembers, for all replicas, the addresses from which an account has signed in. */
  readonly known: Pick<ReplayStore, 'isRemembered' | 'remember'>;
  /** A keyed hash, so that no identifier is stored. */
  readonly toHash: (text: string) => string;
  readonly clock: Clock;
}

/** The error codes that count as failed attempts. */
export const SIGN_IN_FAILURES: ReadonlySet<ErrorCode> = new Set([
  'invalid_credentials',
  'user_blocked',
  'password_leaked',
  'too_many_attempts',
]);

const INVISIBLE = /[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}]/gu;

/**
 * The form of an identifier under which limits count it: identifiers that look alike, or that a tenant may treat as the
 * same account, get the same form. Upper case first, since some letters have no lower case of their own (`ſ`, `ı`).
 */
export const foldIdentifier = (identifier: string): string =>
  identifier.normalize('NFKC').replaceAll(INVISIBLE, '').toUpperCase().toLowerCase().normalize('NFKC');

/**
 * The one account that an identifier names. Auth0 stores names in lower case; only ASCII is folded here, since beyond ASCII
 * two accounts could become one.
 */
const toAccountName = (identifier: string): string =>
  identifier.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());

/** Remembers names for 30 days after their last use: in the store, and in memory during an outage of the store. */
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

/** Replaces an outage of the store by `answer`: it must not block sign-ins. */
const unlessOutage =
  <T>(answer: T) =>
  (error: unknown): T => {
    if (error instanceof GatewayError && error.code === 'store_unavailable') return answer;
    throw error;
  };

/**
 * Counts failed sign-ins by account and address, by address, and by account over all addresses. An address from which the
 * account was signed in to within 30 days is exempt from the last, so that strangers cannot lock the owner out. Failures
 * count for all names that look alike. A success clears failures, and makes an address known, for the one account that
 * signed in: the owner of a name that looks like another gains no guesses at that account.
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
