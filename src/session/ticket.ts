import { hash, randomBytes } from 'node:crypto';
import { type CookieJar, findCookie, SESSION_COOKIE } from '../browser/cookies.ts';

const ID_BYTES = 18;
const SECRET_BYTES = 33;
const TICKET_PATTERN = /^([\w-]{24})\.([\w-]{44})$/;

/** The value of the session cookie: the id finds the record, the secret opens its tokens. */
export interface Ticket {
  /** 144 random bits. */
  readonly id: string;
  /** 264 random bits; stored only in the cookie. */
  readonly secret: string;
  /** Digest of the whole ticket, so that the lookup of a cached record requires the secret too. */
  readonly digest: string;
}

export interface Tickets {
  readonly cookieName: string;
  /** Creates a new random ticket. */
  issue(): Ticket;
  /** The ticket of a `Cookie` header; undefined if it is malformed or repeated. */
  parse(header: string | undefined): Ticket | undefined;
  toSetCookie(ticket: Ticket, maxAgeS: number): string;
  readonly clearCookie: string;
}

const toText = ({ id, secret }: Pick<Ticket, 'id' | 'secret'>): string => `${id}.${secret}`;
const toDigest = (text: string): string => hash('sha256', text, 'base64');

export function createTickets(jar: CookieJar): Tickets {
  const cookieName = jar.toName(SESSION_COOKIE);
  return {
    cookieName,
    issue() {
      const id = randomBytes(ID_BYTES).toString('base64url');
      const secret = randomBytes(SECRET_BYTES).toString('base64url');
      return { id, secret, digest: toDigest(toText({ id, secret })) };
    },
    parse(header) {
      const text = findCookie(header, cookieName);
      const [, id, secret] = (text !== undefined && TICKET_PATTERN.exec(text)) || [];
      return text === undefined || id === undefined || secret === undefined
        ? undefined
        : { id, secret, digest: toDigest(text) };
    },
    toSetCookie: (ticket, maxAgeS) => jar.toSetCookie(cookieName, toText(ticket), maxAgeS),
    clearCookie: jar.toClearCookie(cookieName),
  };
}
