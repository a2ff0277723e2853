import { randomBytes } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import type { RequestInfo } from '../http/route.ts';
import type { Clock } from '../lib/clock.ts';
import type { SessionEnd } from '../observe/operations-metrics.ts';
import type { ReplayStore, SessionMetadata, SessionRecord, SessionStore } from '../store/store.ts';
import { toDevice } from './device.ts';
import type { FreshToken } from './fresh-token.ts';
import type { BegunSession, RevokeLater, Session, Sessions, SignedInUser } from './session.ts';
import type { CachedSession, SessionCache } from './session-cache.ts';
import { MARK_TTL_MS, toPasswordChangeMark, toSignedOutMark } from './session-marks.ts';
import type { SessionMeta, SessionSeals } from './session-seals.ts';
import type { Ticket, Tickets } from './ticket.ts';
import { isFor, toAccessToken, toScope } from './token-set.ts';

const PUBLIC_ID_BYTES = 12;

/** Lists the live sessions of a user. */
export type ListSessions = (subject: string) => Promise<readonly Session[]>;

/**
 * Revokes, in the background, the refresh tokens of sessions that ended without their cookies, which alone could open them.
 */
export type RevokeElsewhere = (ended: readonly Session[], list: ListSessions) => void;

export interface SessionsDeps {
  readonly store: SessionStore;
  readonly replayStore: Pick<ReplayStore, 'remember' | 'isRemembered'>;
  readonly seals: SessionSeals;
  readonly tickets: Tickets;
  readonly cache: SessionCache;
  readonly clock: Clock;
  readonly idleMs: number;
  readonly maxMs: number;
  readonly maxPerUser: number;
  readonly freshToken: FreshToken;
  readonly toExpired: (reason: string) => GatewayError;
  readonly revokeLater: RevokeLater;
  readonly revokeElsewhere: RevokeElsewhere;
  /** Called with a session that ended because its user has too many. */
  readonly onDisplaced: (subject: string) => void;
  readonly onBegun: () => void;
  /** Called with the number of sessions that ended before they expired. */
  readonly onEnded: (reason: SessionEnd, count: number) => void;
}

function toSession(meta: SessionMeta, metadata: SessionMetadata, createdAtMs: number): Session {
  const { publicId: id, sid, ...known } = meta;
  const { lastSeenAtMs, idleEndsAtMs, endsAtMs } = metadata;
  return { id, sid, ...known, createdAtMs, lastSeenAtMs, idleEndsAtMs, endsAtMs };
}

const ofCached = ({ opened, metadata }: CachedSession): Session =>
  toSession(opened.meta, metadata, opened.createdAtMs);

function toMeta(
  { tokens, claims, audience, method }: SignedInUser,
  { ip, headers }: RequestInfo,
): SessionMeta {
  if (!claims) throw new GatewayError('tenant_error', { reason: 'no_id_token' });
  const { sub, sid } = claims;
  if (typeof sub !== 'string' || sub === '') throw new GatewayError('tenant_error', { reason: 'sub' });
  return {
    publicId: randomBytes(PUBLIC_ID_BYTES).toString('base64url'),
    subject: sub,
    claims,
    sid: typeof sid === 'string' ? sid : undefined,
    method,
    hasRefreshToken: tokens.refresh_token !== undefined,
    scope: toScope(tokens),
    audience,
    device: toDevice(headers['user-agent']),
    ip,
  };
}

/** By the tenant's clock where the ID token says when; within one second, by ours. */
function hasBegunBefore({ claims: { iat }, createdAtMs }: Session, atMs: number): boolean {
  const second = Math.floor(atMs / 1000);
  return typeof iat === 'number' && iat !== second ? iat < second : createdAtMs < atMs;
}

export function createSessions(deps: SessionsDeps): Sessions {
  const { store, replayStore, seals, tickets, cache, clock, idleMs, maxMs, maxPerUser } = deps;
  const { revokeLater, revokeElsewhere, onEnded } = deps;

  async function find(headers: RequestInfo['headers']): Promise<CachedSession | undefined> {
    const ticket = tickets.parse(headers.cookie);
    return ticket && cache.find(ticket);
  }

  async function end(
    headers: RequestInfo['headers'],
    reason: SessionEnd = 'signed_out',
  ): Promise<Session | undefined> {
    const found = await find(headers);
    if (!found) return undefined;
    const { ticket, opened } = found;
    // Sent first, so that a stream that sees the end finds its reason. Without it the session ends all the same.
    const marked = replayStore.remember(toSignedOutMark(ticket.id), MARK_TTL_MS).catch(() => undefined);
    const [record] = await Promise.all([store.remove(ticket.id), marked]);
    cache.forget(ticket);
    // The record from the store may be newer than the cached one.
    if (record) {
      onEnded(reason, 1);
      revokeLater((seals.open(record, ticket) ?? opened).tokens.refreshToken);
    }
    return ofCached(found);
  }

  /** Ends the session that a new one replaces. If that fails, the new one does not begin. */
  async function endBefore(headers: RequestInfo['headers'], { id }: Ticket): Promise<void> {
    try {
      await end(headers, 'replaced');
    } catch (error) {
      await store.remove(id).catch(() => undefined);
      throw error;
    }
  }

  async function begin(user: SignedInUser, request: RequestInfo): Promise<BegunSession> {
    const ticket = tickets.issue();
    const meta = toMeta(user, request);
    const now = clock.now();
    const access = toAccessToken(user.tokens, meta.scope, now);
    const refreshToken = user.tokens.refresh_token;
    // Without a refresh token the access token cannot be renewed: the session ends with it.
    const endsAtMs = refreshToken === undefined ? Math.min(now + maxMs, access.expiresAtMs) : now + maxMs;
    const idleEndsAtMs = Math.min(now + idleMs, endsAtMs);
    const metadata = { version: 1, lastSeenAtMs: now, idleEndsAtMs, endsAtMs };
    // A token for another API than requested is not stored.
    const isRight = isFor(access.token, user.audience);
    const tokens = { refreshToken, access: isRight ? { [user.audience]: access } : {} };
    const record = { ...metadata, id: ticket.id, createdAtMs: now };
    const replacedId = tickets.parse(request.headers.cookie)?.id;
    const cap = { subjectKeys: seals.subjectKeys(meta.subject), max: maxPerUser, replacedId };
    // `endBefore` ends the session that this one replaces.
    const displaced = await store.insert({ ...record, ...seals.seal(ticket, meta, tokens) }, cap);
    if (displaced.length > 0) await endDisplaced(displaced, meta.subject);
    await endBefore(request.headers, ticket);
    deps.onBegun();
    const maxAgeS = Math.max(1, Math.floor((endsAtMs - now) / 1000));
    return { session: toSession(meta, metadata, now), setCookie: tickets.toSetCookie(ticket, maxAgeS) };
  }

  /** Collects the records of a user under every key that they may have. */
  const underEach = async <T>(
    keys: readonly string[],
    act: (key: string) => Promise<readonly T[]>,
  ): Promise<T[]> => (await Promise.all(keys.map(act))).flat();

  /** A record as shown to its user; none if no secret opens it. */
  function toSessions(record: SessionRecord): Session[] {
    const meta = seals.openMeta(record);
    return meta ? [toSession(meta, record, record.createdAtMs)] : [];
  }

  async function list(subject: string): Promise<{ readonly session: Session; readonly recordId: string }[]> {
    const records = await underEach(seals.subjectKeys(subject), (key) => store.listBySubject(key));
    const living = records.filter(
      ({ idleEndsAtMs, endsAtMs }) => Math.min(idleEndsAtMs, endsAtMs) > clock.now(),
    );
    const sessions = living.flatMap((record) =>
      toSessions(record).map((session) => ({ session, recordId: record.id })),
    );
    return sessions.toSorted((a, b) => b.session.createdAtMs - a.session.createdAtMs);
  }

  const listSessions = async (subject: string): Promise<Session[]> =>
    (await list(subject)).map(({ session }) => session);

  /** Ends displaced sessions at the tenant as well, except those that the user's other sessions share. */
  async function endDisplaced(records: readonly SessionRecord[], subject: string): Promise<void> {
    for (const _ of records) deps.onDisplaced(subject);
    onEnded('session_max', records.length);
    // The sessions have ended here: an outage now must not fail the sign-in.
    const kept = await list(subject).catch(() => undefined);
    if (!kept) return;
    const sids = new Set(kept.map(({ session }) => session.sid));
    revokeThem(records.filter((record) => !sids.has(seals.openMeta(record)?.sid ?? '')));
  }

  /** Revokes the tokens of removed records at the tenant. */
  const revokeThem = (records: readonly SessionRecord[]): void =>
    revokeElsewhere(records.flatMap(toSessions), listSessions);

  /** Counts removed records and revokes their tokens; returns their number. */
  function ended(records: readonly SessionRecord[], reason: SessionEnd = 'revoked'): number {
    onEnded(reason, records.length);
    revokeThem(records);
    return records.length;
  }

  return {
    clearCookie: tickets.clearCookie,
    end,
    begin: (user, request) =>
      begin(user, request).catch((error: unknown) => {
        // The cookie of this session was never sent.
        revokeLater(user.tokens.refresh_token);
        throw error;
      }),
    async read(headers, { touch = true } = {}) {
      const found = await find(headers);
      if (!found) return undefined;
      if (touch) cache.roll(found);
      return ofCached(found);
    },
    async renew(headers) {
      const found = await find(headers);
      if (!found) throw deps.toExpired('no_session');
      const { meta, tokens } = found.opened;
      cache.roll(found);
      if (tokens.refreshToken === undefined) return;
      const token = tokens.access[meta.audience]?.token;
      await deps.freshToken(found, meta.audience, token === undefined ? undefined : { token, by: 'user' });
    },
    list: listSessions,
    async endOne(subject, id) {
      const found = (await list(subject)).find(({ session }) => session.id === id);
      const record = found && (await store.remove(found.recordId));
      return record !== undefined && ended([record]) > 0;
    },
    async endAll(subject, exceptId, { revokes = true } = {}) {
      const kept =
        exceptId === undefined
          ? undefined
          : (await list(subject)).find(({ session }) => session.id === exceptId)?.recordId;
      const keys = seals.subjectKeys(subject);
      const removed = await underEach(keys, (key) => store.removeBySubject(key, kept));
      if (revokes) return ended(removed);
      onEnded('revoked', removed.length);
      return removed.length;
    },
    async endBefore(subject, atMs, { sparesChanger = false } = {}) {
      const old = (await list(subject)).filter(({ session }) => hasBegunBefore(session, atMs));
      const removed: SessionRecord[] = [];
      for (const { session, recordId } of old) {
        if (sparesChanger && (await replayStore.isRemembered(toPasswordChangeMark(session.id)))) continue;
        const record = await store.remove(recordId);
        if (record) removed.push(record);
      }
      return ended(removed);
    },
    spareAtPasswordChange: (id) => replayStore.remember(toPasswordChangeMark(id), MARK_TTL_MS),
    async endBySid(sid) {
      const removed = await underEach(seals.sidKeys(sid), (key) => store.removeBySid(key));
      ended(removed, 'backchannel_logout');
      return removed.flatMap((record) => seals.openMeta(record)?.subject ?? []);
    },
    async pageOfSubjects(cursor) {
      const { records, next } = await store.page(cursor);
      return { subjects: records.flatMap((record) => seals.openMeta(record)?.subject ?? []), next };
    },
  };
}
