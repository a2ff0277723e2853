import type { LogEntry } from './log-entry.ts';

/** The effect of an entry of the tenant's log, or of one of its events. */
export type Effect =
  /** The user is blocked or deleted. */
  | { readonly does: 'block'; readonly sub: string }
  | { readonly does: 'unblock'; readonly sub: string }
  | { readonly does: 'password'; readonly sub: string }
  /** All sessions or refresh tokens of the user. */
  | { readonly does: 'end-all'; readonly sub: string }
  | { readonly does: 'end-session'; readonly sid: string }
  /** A refresh token of the user was revoked; the affected sessions must be read from the tenant. */
  | { readonly does: 'check-user'; readonly sub: string }
  /** An unknown user is affected: the sessions of all users must be checked. */
  | { readonly does: 'check-all' }
  /** Roles or permissions of the user, or of all holders of a role. */
  | { readonly does: 'renew'; readonly sub: string | undefined }
  | { readonly does: 'client'; readonly clientId: string }
  /** Some client. */
  | { readonly does: 'some-client' };

/** The owners of grant ids, from earlier entries. */
export interface KnownIds {
  /** The client of a client grant. */
  readonly clientOf: (clientGrantId: string) => string | undefined;
  /** The user of a consent. */
  readonly userOf: (grantId: string) => string | undefined;
  /** The machine client of this gateway for the Management API. */
  readonly ownManagementClientId: string | undefined;
}

/** An operation of the Management API that succeeded. */
interface Operation {
  /** The decoded path segments that match `*` in the row's pattern. */
  readonly ids: readonly string[];
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly answer: Readonly<Record<string, unknown>>;
  readonly isOwn: boolean;
  readonly known: KnownIds;
}

type ToEffects = (operation: Operation) => readonly Effect[];

interface OperationRow {
  readonly method: string;
  /** Below `/api/v2/`; `*` for an id. */
  readonly path: string;
  readonly effects: ToEffects;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const checkUser = (sub: string | undefined): Effect =>
  sub === undefined ? { does: 'check-all' } : { does: 'check-user', sub };
const dropClient = (clientId: string | undefined): Effect =>
  clientId === undefined ? { does: 'some-client' } : { does: 'client', clientId };

const ofUser =
  (does: 'block' | 'end-all' | 'renew'): ToEffects =>
  ({ ids: [sub = ''] }) => [{ does, sub }];
const ofSession: ToEffects = ({ ids: [sid = ''] }) => [{ does: 'end-session', sid }];
const ofClient: ToEffects = ({ ids: [clientId = ''] }) => [{ does: 'client', clientId }];
const ofAllHolders: ToEffects = () => [{ does: 'renew', sub: undefined }];
const ofClientGrant: ToEffects = ({ ids: [id = ''], answer, known }) => [
  dropClient(isText(answer['client_id']) ? answer['client_id'] : known.clientOf(id)),
];

function ofUserChange({ ids: [sub = ''], body }: Operation): Effect[] {
  return [
    ...(body['blocked'] === true ? [{ does: 'block', sub } as const] : []),
    ...(body['blocked'] === false ? [{ does: 'unblock', sub } as const] : []),
    ...('password' in body ? [{ does: 'password', sub } as const] : []),
  ];
}

function ofTokens({ body, isOwn }: Operation): Effect[] {
  if (isText(body['user_id'])) return [{ does: 'end-all', sub: body['user_id'] }];
  // Revocations by this gateway concern sessions that have already ended.
  return isOwn ? [] : [{ does: 'check-all' }];
}

/** Operations of the Management API that revoke or restore access. */
export const OPERATION_ROWS: readonly OperationRow[] = [
  { method: 'patch', path: 'users/*', effects: ofUserChange },
  { method: 'delete', path: 'users/*', effects: ofUser('block') },
  {
    method: 'post',
    path: 'users',
    effects: ({ answer: { user_id: sub } }) => (isText(sub) ? [{ does: 'unblock', sub }] : []),
  },
  { method: 'delete', path: 'users/*/sessions', effects: ofUser('end-all') },
  { method: 'delete', path: 'users/*/refresh-tokens', effects: ofUser('end-all') },
  {
    method: 'post',
    path: 'users/*/revoke-access',
    effects: ({ ids: [sub = ''], body: { session_id: sid } }) => [
      isText(sid) ? { does: 'end-session', sid } : { does: 'end-all', sub },
    ],
  },
  { method: 'delete', path: 'sessions/*', effects: ofSession },
  { method: 'post', path: 'sessions/*/revoke', effects: ofSession },
  { method: 'post', path: 'refresh-tokens/revoke', effects: ofTokens },
  // An entry `srrt` names its user.
  { method: 'delete', path: 'refresh-tokens/*', effects: () => [] },
  { method: 'delete', path: 'users/*/roles', effects: ofUser('renew') },
  { method: 'delete', path: 'users/*/permissions', effects: ofUser('renew') },
  {
    method: 'delete',
    path: 'organizations/*/members/*/roles',
    effects: ({ ids: [, sub = ''] }) => [{ does: 'renew', sub }],
  },
  { method: 'delete', path: 'roles/*/permissions', effects: ofAllHolders },
  { method: 'delete', path: 'roles/*', effects: ofAllHolders },
  {
    method: 'delete',
    path: 'grants',
    effects: ({ query: { user_id: sub } }) => [checkUser(isText(sub) ? sub : undefined)],
  },
  {
    method: 'delete',
    path: 'grants/*',
    effects: ({ ids: [id = ''], known }) => [checkUser(known.userOf(id))],
  },
  { method: 'delete', path: 'clients/*', effects: ofClient },
  { method: 'post', path: 'clients/*/rotate-secret', effects: ofClient },
  { method: 'delete', path: 'clients/*/credentials/*', effects: ofClient },
  { method: 'patch', path: 'client-grants/*', effects: ofClientGrant },
  { method: 'delete', path: 'client-grants/*', effects: ofClientGrant },
];

/** Entries of other types. A password's owner is the entry's `user_id`; an API operation's is not. */
export const TYPE_ROWS: Readonly<Record<string, (entry: LogEntry) => readonly Effect[]>> = {
  sdu: ({ user_id: sub }) => (sub === undefined ? [] : [{ does: 'block', sub }]),
  scp: ({ user_id: sub }) => (sub === undefined ? [] : [{ does: 'password', sub }]),
  srrt: ({ user_id: sub, details }) =>
    details?.session_id === undefined ? [checkUser(sub)] : [{ does: 'end-session', sid: details.session_id }],
  slo: ({ details }) =>
    details?.session_id === undefined ? [] : [{ does: 'end-session', sid: details.session_id }],
  session_revoked: ({ details }) =>
    details?.session_id === undefined ? [] : [{ does: 'end-session', sid: details.session_id }],
};

const PREFIX = '/api/v2/';

/** The ids of a path that matches a pattern, decoded; a raw `|` equals `%7C`. */
function matchPath(pattern: string, path: string): string[] | undefined {
  const parts = pattern.split('/');
  const segments = path.split('/');
  if (parts.length !== segments.length) return undefined;
  const ids: string[] = [];
  for (const [at, part] of parts.entries()) {
    const segment = segments[at] ?? '';
    if (part === '*' && segment !== '') ids.push(decode(segment));
    else if (part !== segment) return undefined;
  }
  return ids;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function ofOperation(entry: LogEntry, known: KnownIds): readonly Effect[] {
  const { request, response } = entry.details ?? {};
  const status = response?.statusCode ?? 0;
  if (!request?.path.startsWith(PREFIX) || status < 200 || status >= 300) return [];
  const path = request.path.slice(PREFIX.length);
  const isOwn = entry.client_id !== undefined && entry.client_id === known.ownManagementClientId;
  for (const { method, path: pattern, effects } of OPERATION_ROWS) {
    const ids = method === request.method.toLowerCase() ? matchPath(pattern, path) : undefined;
    if (!ids) continue;
    const { query = {}, body = {} } = request;
    return effects({ ids, query, body, answer: response?.body ?? {}, isOwn, known });
  }
  return [];
}

/** The effects of an entry; none for most entries. */
export function toEffects(entry: LogEntry, known: KnownIds): readonly Effect[] {
  if (entry.type === 'sapi') return ofOperation(entry, known);
  return Object.hasOwn(TYPE_ROWS, entry.type) ? (TYPE_ROWS[entry.type]?.(entry) ?? []) : [];
}
