import { GatewayError } from '../errors.ts';
import { createAddressLimiter } from '../limits/address-limit.ts';
import { createFailureLimiter } from '../limits/failure-limit.ts';
import { createLimiter, type MakeLimiter, type Rate } from '../limits/rate-limit.ts';

/** Wrong codes of one account, over all of its sign-ins. */
const ACCOUNT_GUESSES: Rate = { count: 10, windowS: 15 * 60 };

/** One guess that was let in; told once how it ended. */
export interface Guess {
  /** RateLimit headers for the answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly wrong: () => Promise<void>;
  /** It was right, or could not be judged. */
  readonly notWrong: () => Promise<void>;
}

/** Limits of codes, whatever they are for: how many are sent, and how many wrong ones are taken. */
export interface CodeLimits {
  /**
   * Charges one code, then sends it; one that was certainly not sent counts for nothing. `to` is whom it goes to.
   * @throws GatewayError `rate_limited`, and what `send` throws
   */
  send<T>(
    to: string,
    ip: string,
    send: () => Promise<T>,
  ): Promise<{ readonly sent: T; readonly headers: Readonly<Record<string, string>> }>;
  /**
   * Lets one guess in. `of` is what the code belongs to; an account counts over all of those.
   * @throws GatewayError `too_many_attempts`
   */
  guess(of: string, account: string | undefined): Promise<Guess>;
}

export interface CodeLimitOptions {
  /** Undefined: no limits. */
  readonly rates:
    | { readonly codeAddress: Rate; readonly codeIp: Rate; readonly codeVerify: Rate }
    | undefined;
  readonly makeLimiter: MakeLimiter;
  /** A keyed hash, so that no address, account or handle is kept. */
  readonly toHash: (text: string) => string;
}

export function createCodeLimits({ rates, makeLimiter, toHash }: CodeLimitOptions): CodeLimits {
  const sentTo = createLimiter(makeLimiter, 'code-address', rates?.codeAddress);
  const sentFrom = createAddressLimiter(makeLimiter, 'code-ip', rates?.codeIp);
  const wrongOf = createFailureLimiter(makeLimiter, 'code-verify', rates?.codeVerify, 'too_many_attempts');
  const wrongByAccount = createFailureLimiter(
    makeLimiter,
    'code-verify-account',
    rates && ACCOUNT_GUESSES,
    'too_many_attempts',
  );

  return {
    async send(to, ip, send) {
      const address = toHash(`code to ${to}`);
      await sentFrom.charge(ip);
      const headers = await sentTo.charge(address).catch(async (error: unknown) => {
        await sentFrom.refund(ip);
        throw error;
      });
      const sent = await send().catch(async (error: unknown) => {
        const mayBeSent = error instanceof GatewayError && error.code === 'tenant_timeout';
        if (!mayBeSent) await Promise.all([sentFrom.refund(ip), sentTo.refund(address)]);
        throw error;
      });
      return { sent, headers };
    },

    async guess(of, account) {
      const first = await wrongOf.enter(toHash(`code of ${of}`));
      const entered = [first];
      try {
        if (account !== undefined) entered.push(await wrongByAccount.enter(toHash(`codes of ${account}`)));
      } catch (error) {
        await first.passed();
        throw error;
      }
      const all = async (end: 'failed' | 'passed'): Promise<void> => {
        await Promise.all(entered.map((attempt) => attempt[end]()));
      };
      return { headers: first.headers, wrong: () => all('failed'), notWrong: () => all('passed') };
    },
  };
}
