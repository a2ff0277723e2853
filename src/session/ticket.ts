import { hash, randomBytes } from 'node:crypto';
import { type CookieJar, findCookie, SESSION_COOKIE } from '../browser/cookies.ts';

const ID_BYTES = 18;
const SECRET_BYTES = 33;
const TICKET_PATTERN = /^([\w-]{24})\.([\w-]{44})$/;

/** What a session's cookie holds: where its record is, and what opens it. Without the secret the record tells no token. */
export interface Ticket {
  /** 144 random bits. */
  readonly id: string;
  /** 264 random bits; kept nowhere but in the cookie. */
  readonly secret: string;
  /** Of the whole ticket: the secret counts where an opened record is looked up in memory. */
  readonly digest: string;
}

export interface Tickets {
  readonly cookieName: string;
  /** A ticket that nobody has had. */
  issue(): Ticket;
  /** The ticket of a `Cookie` header; undefined for anything that cannot be one, or came twice. */
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
