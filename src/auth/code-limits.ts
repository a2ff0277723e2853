import { GatewayError } from '../errors.ts';
import { createAddressLimiter } from '../limits/address-limit.ts';
import { createFailureLimiter } from '../limits/failure-limit.ts';
import { createLimiter, type MakeLimiter, type Rate } from '../limits/rate-limit.ts';

/** Wrong codes per account, over all of its sign-ins. */
const ACCOUNT_GUESSES: Rate = { count: 10, windowS: 15 * 60 };

/** A code check that the limits allowed. The caller reports its result once, with `wrong` or `notWrong`. */
export interface Guess {
  /** RateLimit headers for the answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly wrong: () => Promise<void>;
  /** The code was right, or could not be checked. */
  readonly notWrong: () => Promise<void>;
}

/** Limits how many codes are sent and how many wrong codes are accepted, for every kind of code. */
export interface CodeLimits {
  /**
   * Charges one code to the recipient `to` and the address, then calls `send`. Refunds a code that was certainly not sent.
   * @throws GatewayError `rate_limited`, and what `send` throws
   */
  send<T>(
    to: string,
    ip: string,
    send: () => Promise<T>,
  ): Promise<{ readonly sent: T; readonly headers: Readonly<Record<string, string>> }>;
  /**
   * Charges one code check. `of` names what the code belongs to; the limit of `account` covers all of its codes.
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
  /** A keyed hash, so that no address, account or handle is stored. */
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
