import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type CookieJar, parseCookies } from '../../browser/cookies.ts';
import { GatewayError } from '../../errors.ts';
import type { RequestInfo } from '../../http/route.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Sealer } from '../../lib/sealed.ts';
import { toLoginPath } from './login-path.ts';

const LIFETIME_S = 600;
const MAX_AT_ONCE = 5;
const NAME = 'gatehouse-tx-';

const shape = z.object({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  returnTo: z.string(),
  audience: z.string(),
  /** Seconds since the user signed in, at most, where that was asked for. */
  maxAgeS: z.number().optional(),
  /** Id or name of the organization that was asked for. */
  organization: z.string().optional(),
  /** `prompt=none`: nobody is to be asked anything. */
  isSilent: z.boolean(),
  startedAtMs: z.number(),
});

/** A sign-in at the tenant's pages that is under way, kept in a sealed cookie of the browser that began it. */
export type LoginTransaction = z.output<typeof shape>;

type Wish = Pick<LoginTransaction, 'returnTo' | 'audience' | 'maxAgeS' | 'organization' | 'isSilent'>;

export interface BegunTransaction {
  readonly transaction: LoginTransaction;
  readonly codeChallenge: string;
  /** `Set-Cookie` values: the new transaction's, and those that take the oldest away beyond five. */
  readonly cookies: readonly string[];
}

export interface TakenTransaction {
  readonly transaction: LoginTransaction;
  readonly clearCookie: string;
}

export interface LoginTransactions {
  begin(headers: RequestInfo['headers'], wish: Wish): BegunTransaction;
  /** @throws GatewayError `state_mismatch`, `login_expired` */
  take(headers: RequestInfo['headers'], state: string | undefined): TakenTransaction;
}

export interface LoginTransactionOptions {
  readonly sealer: Sealer;
  readonly jar: CookieJar;
  readonly clock: Clock;
}

const refuse = (code: 'state_mismatch' | 'login_expired'): GatewayError =>
  new GatewayError(code, { retryPath: toLoginPath() });
const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');
const random = (): string => randomBytes(32).toString('base64url');

export function createLoginTransactions({ sealer, jar, clock }: LoginTransactionOptions): LoginTransactions {
  const prefix = jar.toName(NAME);
  const nameOf = (state: string): string => `${prefix}${hash(state).slice(0, 16)}`;

  function open(sealed: string | undefined): LoginTransaction | undefined {
    const parsed = shape.safeParse(sealed === undefined ? undefined : sealer.open(sealed));
    return parsed.data;
  }

  /** Names of the transactions that have to go so that one more has room, the oldest first. */
  function namesBeyond(headers: RequestInfo['headers']): string[] {
    const ours = [...parseCookies(headers.cookie)].filter(([name]) => name.startsWith(prefix));
    const byAge = ours
      .map(([name, value]) => ({ name, startedAtMs: open(value)?.startedAtMs ?? 0 }))
      .toSorted((one, other) => one.startedAtMs - other.startedAtMs);
    return byAge.slice(0, Math.max(0, byAge.length - MAX_AT_ONCE + 1)).map(({ name }) => name);
  }

  return {
    begin(headers, wish) {
      const transaction = {
        ...wish,
        state: random(),
        nonce: random(),
        codeVerifier: random(),
        startedAtMs: clock.now(),
      };
      const cookie = jar.toSetCookie(nameOf(transaction.state), sealer.seal(transaction), LIFETIME_S);
      return {
        transaction,
        codeChallenge: hash(transaction.codeVerifier),
        cookies: [...namesBeyond(headers).map((name) => jar.toClearCookie(name)), cookie],
      };
    },

    take(headers, state) {
      const cookies = parseCookies(headers.cookie);
      const name = nameOf(state ?? '');
      if (state === undefined || !cookies.has(name)) {
        const isOther = [...cookies.keys()].some((each) => each.startsWith(prefix));
        throw refuse(state === undefined || isOther ? 'state_mismatch' : 'login_expired');
      }
      const transaction = open(cookies.get(name));
      if (transaction?.state !== state) throw refuse('state_mismatch');
      if (clock.now() - transaction.startedAtMs > LIFETIME_S * 1000) throw refuse('login_expired');
      return { transaction, clearCookie: jar.toClearCookie(name) };
    },
  };
}
