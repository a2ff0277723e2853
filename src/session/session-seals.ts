import { z } from 'zod';
import type { Claims } from '../http/route.ts';
import { createKeyedHash } from '../lib/keyed-hash.ts';
import { createSealer } from '../lib/sealed.ts';
import type { SessionRecord } from '../store/store.ts';
import type { SignInMethod } from './session.ts';
import type { Ticket } from './ticket.ts';
import { type TokenSet, tokenSet } from './token-set.ts';

const METHODS = ['password', 'redirect', 'code', 'passwordless'] as const satisfies SignInMethod[];

const sessionMeta = z.object({
  publicId: z.string(),
  subject: z.string(),
  claims: z.record(z.string(), z.unknown()).transform((claims): Claims => claims),
  sid: z.string().optional(),
  method: z.enum(METHODS),
  hasRefreshToken: z.boolean().default(true),
  scope: z.string(),
  audience: z.string(),
  device: z.string(),
  ip: z.string(),
});

/** The data of a session that can be read without its cookie. */
export type SessionMeta = z.output<typeof sessionMeta>;

/** The sealed parts of a record, and the hashes that find it without its cookie. */
export type SealedParts = Pick<SessionRecord, 'tokens' | 'meta' | 'subjectKey' | 'sidKey'>;

export interface OpenedParts {
  readonly meta: SessionMeta;
  readonly tokens: TokenSet;
  /** Whether all parts are sealed with the first secret. */
  readonly isCurrent: boolean;
}

/** Seals records with the first secret and opens them with any. */
export interface SessionSeals {
  seal(ticket: Ticket, meta: SessionMeta, tokens: TokenSet): SealedParts;
  /** Undefined if the ticket or the secrets do not match the record. */
  open(record: SessionRecord, ticket: Ticket): OpenedParts | undefined;
  openMeta(record: SessionRecord): SessionMeta | undefined;
  /** Keys under every secret, in the order of the secrets: a record keeps its key until it is written again. */
  subjectKeys(subject: string): readonly string[];
  sidKeys(sid: string): readonly string[];
}

export function createSessionSeals(secrets: readonly string[]): SessionSeals {
  const tokenSealer = createSealer(secrets, 'session tokens');
  const metaSealer = createSealer(secrets, 'session meta');
  const toHashes = (purpose: string) => {
    const hashes = secrets.map((secret) => createKeyedHash(secret, purpose));
    return (text: string) => hashes.map((toHash) => toHash(text));
  };
  const subjectKeys = toHashes('session subject');
  const sidKeys = toHashes('session sid');

  function openMeta({ id, meta }: SessionRecord): SessionMeta | undefined {
    return sessionMeta.safeParse(metaSealer.open(meta, { to: id })).data;
  }

  return {
    subjectKeys,
    sidKeys,
    openMeta,
    seal: ({ id, secret }, meta, tokens) => ({
      tokens: tokenSealer.seal(tokens, { to: id, secret }),
      meta: metaSealer.seal(meta, { to: id }),
      subjectKey: subjectKeys(meta.subject)[0] ?? '',
      sidKey: meta.sid === undefined ? undefined : sidKeys(meta.sid)[0],
    }),
    open(record, { id, secret }) {
      const tokens = tokenSet.safeParse(tokenSealer.open(record.tokens, { to: id, secret })).data;
      const meta = openMeta(record);
      if (!tokens || !meta) return undefined;
      const isCurrent =
        tokenSealer.isCurrent(record.tokens) &&
        metaSealer.isCurrent(record.meta) &&
        record.subjectKey === subjectKeys(meta.subject)[0];
      return { meta, tokens, isCurrent };
    },
  };
}
