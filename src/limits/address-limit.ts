import { type ErrorCode, GatewayError } from '../errors.ts';
import { createFailureLimiter, type FailureLimiter, type LimitedAttempt } from './failure-limit.ts';
import { toNetworkKey, toWideNetworkKey } from './networks.ts';
import { createLimiter, type Limiter, LimitRefusal, type MakeLimiter, type Rate } from './rate-limit.ts';

/** A /48 may use the limit of this many addresses. */
const WIDE_ADDRESSES = 10;

/** The charge of an address for one request. The caller reports the request's result once, with one of the methods. */
export interface AddressCharge {
  /** RateLimit headers for the answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** The request was refused before any attempt. */
  refused(): Promise<void>;
  /** The body was not received. */
  failed(): Promise<void>;
  /** The attempt ended, with `error` if it failed. */
  ended(error?: unknown): Promise<void>;
}

/** A limit per address, charged before any other work. IPv6 counts per /64 and, with ten times the limit, per /48. */
export interface AddressLimit {
  /** @throws LimitRefusal */
  enter(ip: string): Promise<AddressCharge>;
}

/** Error codes of malformed requests, refused before any attempt. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'cross_site_session',
  'csrf_failed',
  'invalid_return_to',
  'proof_required',
  'token_mode_refused',
]);

const codeOf = (error: unknown): ErrorCode | undefined =>
  error instanceof GatewayError ? error.code : undefined;

/** Runs the charged work and reports its result; adds the headers of the charge to errors. */
export async function tryCharged<T>(charge: AddressCharge, work: () => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await charge.ended(error);
    throw error instanceof GatewayError ? error.withHeaders(charge.headers) : error;
  }
  await charge.ended();
  return result;
}

/** Charges an attempt at several limiters, always in the same order; on a refusal at none. */
export async function enterAll(
  gates: readonly (readonly [limiter: FailureLimiter, key: string, name?: string])[],
): Promise<LimitedAttempt[]> {
  const entered: LimitedAttempt[] = [];
  try {
    for (const [limiter, key, name] of gates) entered.push(await limiter.enter(key, name));
    return entered;
  } catch (refusal) {
    await Promise.all(entered.map((attempt) => attempt.passed()));
    throw refusal;
  }
}

const toWide = (rate: Rate | undefined): Rate | undefined =>
  rate && { ...rate, count: rate.count * WIDE_ADDRESSES };

/** A limiter whose keys are addresses. */
export function createAddressLimiter(make: MakeLimiter, name: string, rate: Rate | undefined): Limiter {
  const narrow = createLimiter(make, name, rate);
  const wide = createLimiter(make, `${name}-48`, toWide(rate));
  return {
    async charge(ip) {
      const headers = await narrow.charge(toNetworkKey(ip));
      const around = toWideNetworkKey(ip);
      try {
        if (around !== undefined) await wide.charge(around);
      } catch (refusal) {
        await narrow.refund(toNetworkKey(ip));
        throw refusal;
      }
      return headers;
    },
    async refund(ip) {
      const around = toWideNetworkKey(ip);
      await narrow.refund(toNetworkKey(ip));
      if (around !== undefined) await wide.refund(around);
    },
  };
}

/** Creates a limit of requests; malformed ones do not count. */
export function createAddressLimit(make: MakeLimiter, name: string, rate: Rate | undefined): AddressLimit {
  const limiter = createAddressLimiter(make, name, rate);
  return {
    async enter(ip) {
      const headers = await limiter.charge(ip);
      const refused = () => limiter.refund(ip);
      return {
        headers,
        refused,
        failed: async () => {},
        ended: async (error) => {
          const code = codeOf(error);
          if (error instanceof LimitRefusal || (code && REFUSALS.has(code))) await refused();
        },
      };
    },
  };
}

/** Creates a limit of requests that end with one of these errors or without a complete body. */
export function createAddressFailureLimit(
  make: MakeLimiter,
  name: string,
  rate: Rate | undefined,
  failures: ReadonlySet<ErrorCode>,
): AddressLimit {
  const narrow = createFailureLimiter(make, name, rate);
  const wide = createFailureLimiter(make, `${name}-48`, toWide(rate));
  return {
    async enter(ip) {
      const around = toWideNetworkKey(ip);
      const attempts = await enterAll([
        [narrow, toNetworkKey(ip)],
        ...(around === undefined ? [] : ([[wide, around]] as const)),
      ]);
      const all = async (end: (attempt: LimitedAttempt) => Promise<void>): Promise<void> => {
        await Promise.all(attempts.map(end));
      };
      const refused = () => all((attempt) => attempt.passed());
      const failed = () => all((attempt) => attempt.failed());
      return {
        headers: attempts[0]?.headers ?? {},
        refused,
        failed,
        ended: (error) => {
          const code = codeOf(error);
          const isFailure = !(error instanceof LimitRefusal) && code !== undefined && failures.has(code);
          return isFailure ? failed() : refused();
        },
      };
    },
  };
}
