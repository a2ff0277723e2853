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
 * Number of cookie names for transactions. Sign-ins that begin at the same moment do not see each other's cookies; this
 * bound keeps all of them below 3 kB.
 */
const SLOTS = 32;

/** The content of the sealed `state`. Readable in any browser, so that a retry keeps the return URL. */
const shape = z.object({
  /** Hash of the secret in the transaction cookie. */
  id: z.string(),
  slot: z.number(),
  via: z.enum(['pages', 'link']).default('pages'),
  /** The requested return URL. */
  returnTo: z.string().optional(),
  audience: z.string(),
  /** The requested `max_age`. */
  maxAgeS: z.number().optional(),
  /** Id or name of the requested organization. */
  organization: z.string().optional(),
  /** `prompt=none` was requested. */
  isSilent: z.boolean(),
  startedAtMs: z.number(),
});
type SealedState = z.output<typeof shape>;

/**
 * A sign-in under way that the callback completes: its parameters are in `state`, its secrets in a cookie of the browser
 * that began it.
 */
export interface LoginTransaction extends Omit<SealedState, 'slot'> {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

type NewTransaction = Pick<
  LoginTransaction,
  'via' | 'returnTo' | 'audience' | 'maxAgeS' | 'organization' | 'isSilent'
>;

export interface BegunTransaction {
  readonly transaction: LoginTransaction;
  readonly codeChallenge: string;
  /** `Set-Cookie` values that store the new transaction and delete the oldest ones beyond five. */
  readonly cookies: readonly string[];
}

export interface TakenTransaction {
  readonly transaction: LoginTransaction;
  readonly clearCookie: string;
}

export interface LoginTransactions {
  begin(headers: RequestInfo['headers'], requested: NewTransaction): BegunTransaction;
  /** Opens a `state` of this gateway without a check of browser or age. */
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
  unknown: { code: 'state_mismatch', detail: 'It belongs to no sign-in in progress in this browser.' },
  elsewhere: {
    code: 'state_mismatch',
    detail: 'It began in another browser, or newer sign-ins in this browser replaced it.',
  },
  expired: { code: 'login_expired', detail: 'It was not completed within ten minutes.' },
  lost: { code: 'login_expired', detail: 'No sign-in is in progress in this browser.' },
  linkElsewhere: {
    code: 'login_expired',
    detail: 'A link works only in the browser that requested it. Open it there, or start again here.',
  },
  linkExpired: { code: 'login_expired', detail: 'The link was not opened within 30 minutes.' },
} as const;

type Terms = Pick<SealedState, 'via' | 'returnTo' | 'organization'>;

/** The path to start again. A sign-in by link restarts with a mailed code, which works in any browser. */
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

/** The values that only the browser with the cookie has (RFC 9700 §2.1.1). */
const derive = (secret: string) => ({
  id: hash(`id ${secret}`),
  nonce: hash(`nonce ${secret}`),
  codeVerifier: hash(`code verifier ${secret}`),
});

/** Value of the cookie: 32 random bytes, then its creation time in milliseconds (base 36). */
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

  /** Takes the next free slot in turn, so that concurrent sign-ins get different slots. */
  function takeSlot(taken: ReadonlyMap<string, unknown>): number {
    let slot = nextSlot;
    for (let i = 0; i < SLOTS && taken.has(names[slot] ?? ''); i++) slot = (slot + 1) % SLOTS;
    nextSlot = (slot + 1) % SLOTS;
    return slot;
  }

  /** Names of the oldest transactions that must be deleted before another one begins. */
  function namesBeyond(cookies: ReadonlyMap<string, string | undefined>): string[] {
    const byAge = [...cookies]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => ({ name, startedAtMs: parseValue(value)?.startedAtMs ?? 0 }))
      .toSorted((one, other) => one.startedAtMs - other.startedAtMs);
    return byAge.slice(0, Math.max(0, byAge.length - MAX_AT_ONCE + 1)).map(({ name }) => name);
  }

  return {
    begin(headers, requested) {
      const cookies = parseCookies(headers.cookie);
      const cookie = { secret: randomBytes(32).toString('base64url'), startedAtMs: clock.now() };
      const { id, ...secrets } = derive(cookie.secret);
      const slot = takeSlot(cookies);
      const sealed = { ...requested, id, startedAtMs: cookie.startedAtMs };
      const transaction = { ...sealed, ...secrets, state: sealer.seal({ ...sealed, slot }) };
      return {
        transaction,
        codeChallenge: toChallenge(transaction.codeVerifier),
        cookies: [
          ...namesBeyond(cookies).map((name) => jar.toClearCookie(name)),
          jar.toSetCookie(names[slot] ?? '', toValue(cookie), LIFETIMES_S[requested.via]),
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
