// Fills a store with sessions and a deny list, and writes the cookies of the used sessions, one per line. Argument: JSON, see Options.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createCookieJar } from '../src/browser/cookies.ts';
import { createTravelClock } from '../src/lib/clock.ts';
import { createSessionSeals } from '../src/session/session-seals.ts';
import { createTickets } from '../src/session/ticket.ts';
import { openStore, type StoreLocation } from '../src/store/open-store.ts';
import { openDatabase } from '../src/store/sqlite-database.ts';
import { createSqliteDenyEntries } from '../src/store/sqlite-deny-entries.ts';
import { createSqliteSessions } from '../src/store/sqlite-sessions.ts';
import type { DenyEntries, DenyEntry, SessionStore } from '../src/store/store.ts';

interface Options {
  readonly location: StoreLocation;
  readonly secret: string;
  readonly accessToken: string;
  readonly audience: string;
  readonly scope: string;
  readonly count: number;
  readonly used: number;
  /** Entries of the deny list, none of which concerns a used session. */
  readonly denied: number;
  readonly cookieFile: string;
}

const LIFETIME_MS = 86_400_000;

const options = JSON.parse(process.argv[2] ?? '') as Options;
const { location, secret, accessToken, audience, scope, count, used, denied, cookieFile } = options;
const clock = createTravelClock();
const seals = createSessionSeals([secret]);
const tickets = createTickets(createCookieJar('http://127.0.0.1'));
const now = clock.now();
const times = {
  createdAtMs: now,
  lastSeenAtMs: now,
  idleEndsAtMs: now + LIFETIME_MS,
  endsAtMs: now + LIFETIME_MS,
};

function seal(ticket: ReturnType<typeof tickets.issue>, n: number) {
  const subject = `auth0|${String(n).padStart(24, '0')}`;
  const known = { claims: { sub: subject }, sid: `sid-${n}`, method: 'password', scope, audience } as const;
  const meta = {
    ...known,
    hasRefreshToken: true,
    publicId: String(n),
    subject,
    device: 'Firefox on Linux',
    ip: '127.0.0.1',
  };
  const endsAtMs = now + LIFETIME_MS;
  const access = {
    [audience]: {
      token: accessToken,
      scope,
      expiresAtMs: endsAtMs,
      renewAtMs: endsAtMs - 30_000,
      issuedAtS: 0,
    },
  };
  return seals.seal(ticket, meta, { refreshToken: `refresh-${n}`, access });
}

async function fill(sessions: SessionStore): Promise<void> {
  const cookies: string[] = [];
  let parts: ReturnType<typeof seal> | undefined;
  for (let n = 0; n < count; n++) {
    const ticket = tickets.issue();
    // The other sessions are never opened: each has its own keys and a copy of the last used session's data.
    if (n < used) {
      parts = seal(ticket, n);
      cookies.push(`${ticket.id}.${ticket.secret}`);
    } else if (parts) parts = { ...parts, subjectKey: toKey(), sidKey: toKey() };
    if (parts) await sessions.insert({ ...times, ...parts, version: 1, id: ticket.id });
  }
  writeFileSync(cookieFile, `${cookies.join('\n')}\n`, { mode: 0o600 });
}

const deny = (entries: DenyEntries): Promise<void> =>
  entries.restore(
    Array.from(
      { length: denied },
      (_, n): DenyEntry => ({
        kind: 'subject',
        key: `auth0|denied-${n}`,
        issuedBeforeS: Math.floor(now / 1000),
        lapsesAtMs: now + LIFETIME_MS,
      }),
    ),
  );

const toKey = (): string => randomBytes(32).toString('base64url');

if (location.kind === 'sqlite') {
  const db = openDatabase(location.file);
  db.exec('BEGIN');
  await fill(createSqliteSessions(db, clock));
  await deny(createSqliteDenyEntries(db, clock));
  db.exec('COMMIT');
  db.close();
} else {
  const store = await openStore(location, clock, () => undefined);
  await fill(store.sessions);
  await deny(store.denyEntries);
  await store.close();
}
