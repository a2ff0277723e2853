import { createHash, randomBytes, randomInt } from 'node:crypto';
import { z } from 'zod';
import { type CookieJar, parseCookies } from '../../browser/cookies.ts';
import { GatewayError } from '../../errors.ts';
import type { RequestInfo } from '../../http/route.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Sealer } from '../../lib/sealed.ts';
import { toLoginPath } from './login-path.ts';

/** How long a sign-in may take, in seconds: at the tenant's pages, or by a link in a mail. */
const LIFETIMES_S = { pages: 600, link: 1800 } as const;
const MAX_AT_ONCE = 5;
const NAME = 'gatehouse-tx-';
/**
 * So many names their cookies have: sign-ins that begin at the same moment do not know of each other, and yet all cookies
 * of a browser together stay below 3 kB.
 */
const SLOTS = 32;

/** What travels sealed in `state`: it comes back in whichever browser, so that a way to begin again keeps the place. */
const shape = z.object({
  /** A hash of the secret in the cookie of the browser that began it. */
  id: z.string(),
  slot: z.number(),
  via: z.enum(['pages', 'link']).default('pages'),
  /** Where to go afterwards, if that was asked for. */
  returnTo: z.string().optional(),
  audience: z.string(),
  /** Seconds since the user signed in, at most, where that was asked for. */
  maxAgeS: z.number().optional(),
  /** Id or name of the organization that was asked for. */
  organization: z.string().optional(),
  /** `prompt=none`: nobody is to be asked anything. */
  isSilent: z.boolean(),
  startedAtMs: z.number(),
});
type SealedState = z.output<typeof shape>;

/**
 * A sign-in that is under way and ends at the callback: its terms in `state`, its secrets in a cookie of the browser that began
 * it.
 */
export interface LoginTransaction extends Omit<SealedState, 'slot'> {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

type Wish = Pick<LoginTransaction, 'via' | 'returnTo' | 'audience' | 'maxAgeS' | 'organization' | 'isSilent'>;

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
  /** What a `state` says of a sign-in that began at this gateway, in whichever browser and however long ago. */
  recall(state: string | undefined): Pick<LoginTransaction, 'id' | 'returnTo'> | undefined;
  /** @throws GatewayError `state_mismatch`, `login_expired` */
  take(headers: RequestInfo['headers'], state: string | undefined): TakenTransaction;
}

export interface LoginTransactionOptions {
  readonly sealer: Sealer;
  readonly jar: CookieJar;
  readonly clock: Clock;
}

const REFUSALS = {
  unknown: { code: 'state_mismatch', detail: 'It belongs to no sign-in that is under way in this browser.' },
  elsewhere: {
    code: 'state_mismatch',
    detail: 'It began in another browser, or newer sign-ins in this browser took its place.',
  },
  expired: { code: 'login_expired', detail: 'It was not completed within ten minutes.' },
  lost: { code: 'login_expired', detail: 'No sign-in is under way in this browser.' },
  linkElsewhere: {
    code: 'login_expired',
    detail: 'A link signs in only in the browser that asked for it. Open it there, or start again here.',
  },
  linkExpired: { code: 'login_expired', detail: 'The link was not followed within 30 minutes.' },
} as const;

type Terms = Pick<SealedState, 'via' | 'returnTo' | 'organization'>;

/** Where somebody begins again: who had a link gets a code by mail, which works in any browser. */
export const toRetryPath = ({ via, returnTo, organization }: Partial<Terms>, prompt?: 'login'): string =>
  toLoginPath({
    return_to: returnTo,
    organization,
    connection: via === 'link' ? 'email' : undefined,
    prompt,
  });

function refuse(reason: keyof typeof REFUSALS, terms: Partial<Terms> = {}): GatewayError {
  const { code, detail } = REFUSALS[reason];
  return new GatewayError(code, { reason, detail, retryPath: toRetryPath(terms) });
}

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');
const toChallenge = (codeVerifier: string): string => hash(codeVerifier);

/** What only the browser with the cookie can bring (RFC 9700 §2.1.1). */
const derive = (secret: string) => ({
  id: hash(`id ${secret}`),
  nonce: hash(`nonce ${secret}`),
  codeVerifier: hash(`code verifier ${secret}`),
});

/** A cookie's value: 32 random bytes, then when it was made, in milliseconds. */
const COOKIE_PATTERN = /^([\w-]{43})([\da-z]{1,10})$/;

interface Cookie {
  readonly secret: string;
  readonly startedAtMs: number;
}

const toValue = ({ secret, startedAtMs }: Cookie): string => `${secret}${startedAtMs.toString(36)}`;

function parseValue(value: string | undefined): Cookie | undefined {
  const [, secret, time] = COOKIE_PATTERN.exec(value ?? '') ?? [];
  return secret === undefined || time === undefined
    ? undefined
    : { secret, startedAtMs: Number.parseInt(time, 36) };
}

export function createLoginTransactions({ sealer, jar, clock }: LoginTransactionOptions): LoginTransactions {
  const prefix = jar.toName(NAME);
  const names = Array.from({ length: SLOTS }, (_, slot) => `${prefix}${hash(`slot ${slot}`).slice(0, 16)}`);
  let nextSlot = randomInt(SLOTS);

  const open = (state: string | undefined): SealedState | undefined =>
    shape.safeParse(state === undefined ? undefined : sealer.open(state)).data;

  /** In turn, so that sign-ins that begin together get different ones, and the oldest would go first. */
  function takeSlot(taken: ReadonlyMap<string, unknown>): number {
    let slot = nextSlot;
    for (let i = 0; i < SLOTS && taken.has(names[slot] ?? ''); i++) slot = (slot + 1) % SLOTS;
    nextSlot = (slot + 1) % SLOTS;
    return slot;
  }

  /** Names of the transactions that have to go so that one more has room, the oldest first. */
  function namesBeyond(cookies: ReadonlyMap<string, string | undefined>): string[] {
    const byAge = [...cookies]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => ({ name, startedAtMs: parseValue(value)?.startedAtMs ?? 0 }))
      .toSorted((one, other) => one.startedAtMs - other.startedAtMs);
    return byAge.slice(0, Math.max(0, byAge.length - MAX_AT_ONCE + 1)).map(({ name }) => name);
  }

  return {
    begin(headers, wish) {
      const cookies = parseCookies(headers.cookie);
      const cookie = { secret: randomBytes(32).toString('base64url'), startedAtMs: clock.now() };
      const { id, ...secrets } = derive(cookie.secret);
      const slot = takeSlot(cookies);
      const sealed = { ...wish, id, startedAtMs: cookie.startedAtMs };
      const transaction = { ...sealed, ...secrets, state: sealer.seal({ ...sealed, slot }) };
      return {
        transaction,
        codeChallenge: toChallenge(transaction.codeVerifier),
        cookies: [
          ...namesBeyond(cookies).map((name) => jar.toClearCookie(name)),
          jar.toSetCookie(names[slot] ?? '', toValue(cookie), LIFETIMES_S[wish.via]),
        ],
      };
    },

    recall: open,

    take(headers, state) {
      const cookies = parseCookies(headers.cookie);
      const sealed = open(state);
      if (state === undefined || !sealed) {
        const isOther = [...cookies.keys()].some((each) => each.startsWith(prefix));
        throw refuse(state === undefined || isOther ? 'unknown' : 'lost');
      }
      const { slot, ...terms } = sealed;
      const name = names[slot] ?? '';
      const secret = parseValue(cookies.get(name))?.secret;
      const secrets = secret === undefined ? undefined : derive(secret);
      const isLink = terms.via === 'link';
      if (clock.now() - terms.startedAtMs > LIFETIMES_S[terms.via] * 1000)
        throw refuse(isLink ? 'linkExpired' : 'expired', terms);
      if (secrets?.id !== terms.id) throw refuse(isLink ? 'linkElsewhere' : 'elsewhere', terms);
      return { transaction: { ...terms, ...secrets, state }, clearCookie: jar.toClearCookie(name) };
    },
  };
}
