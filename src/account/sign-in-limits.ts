import { createLimiter, type Limiter, type Rate } from '../http/rate-limit.ts';
import type { Clock } from '../lib/clock.ts';
import { RecentMap } from '../lib/recent-map.ts';

const KNOWN_FOR_MS = 30 * 24 * 3600 * 1000;
const KNOWN_PAIRS = 100_000;

/** One attempt that has been charged; told how it ended. */
export interface SignInAttempt {
  readonly headers: Readonly<Record<string, string>>;
  succeeded(): Promise<void>;
  /** The tenant could not judge: the attempt counts for nothing. */
  void(): Promise<void>;
}

export interface SignInLimits {
  /**
   * Charges one attempt before the tenant is asked, so that parallel attempts cannot outrun the count.
   * @throws GatewayError `too_many_attempts` for the account, `rate_limited` for the address
   */
  attempt(identifier: string, ip: string): Promise<SignInAttempt>;
}

export interface SignInLimitOptions {
  /** Undefined: no limits. */
  readonly rates: { readonly signinAccount: Rate; readonly signinIp: Rate } | undefined;
  /** A keyed hash, so that no identifier is kept. */
  readonly toHash: (text: string) => string;
  readonly clock: Clock;
}

/**
 * Counts failed sign-ins by account and address, by address, and by account over all addresses. An address from which
 * the account was signed in to within 30 days is exempt from the last, so that strangers cannot lock the owner out.
 */
export function createSignInLimits({ rates, toHash, clock }: SignInLimitOptions): SignInLimits {
  const byPair = createLimiter('signin-account', rates?.signinAccount, 'too_many_attempts');
  const byIp = createLimiter('signin-ip', rates?.signinIp);
  const byAccount = createLimiter('signin-account-all', rates?.signinAccount, 'too_many_attempts');
  const knownPairs = new RecentMap<string, number>(KNOWN_PAIRS);

  return {
    async attempt(identifier, ip) {
      const account = toHash(identifier.normalize('NFC').toLowerCase());
      const pair = toHash(`${account} ${ip}`);
      const isKnown = (knownPairs.get(pair) ?? Number.NEGATIVE_INFINITY) > clock.now() - KNOWN_FOR_MS;
      const charges: (readonly [Limiter, string])[] = [
        [byIp, ip],
        [byPair, pair],
      ];
      if (!isKnown) charges.push([byAccount, account]);
      const charged: (readonly [Limiter, string])[] = [];
      const refundAll = async () => {
        await Promise.all(charged.map(([limiter, key]) => limiter.refund(key)));
      };
      let headers: Record<string, string> = {};
      try {
        for (const [limiter, key] of charges) {
          const told = await limiter.charge(key);
          if (limiter === byPair) headers = told;
          charged.push([limiter, key]);
        }
      } catch (refusal) {
        await refundAll();
        throw refusal;
      }
      return {
        headers,
        async succeeded() {
          knownPairs.set(pair, clock.now());
          await refundAll();
          await byPair.clear(pair);
        },
        void: refundAll,
      };
    },
  };
}
