import type { LogDetails } from '../state/token-documents.ts';
import type { ManagementToken } from './require-management-token.ts';

/** A change by the Management API, over the wire or by the console. */
export interface LoggedChange {
  readonly method: string;
  /** The raw URL, with prefix and query. */
  readonly url: string;
  /** Undefined: none, or a form. */
  readonly body: unknown;
  readonly ip: string;
  readonly token: Pick<ManagementToken, 'scopes' | 'jti'>;
  readonly answer: { readonly status?: number; readonly body?: unknown };
}

const MASK = '*****';
const SECRET_NAME = /password|secret|token$|pem$|key$|hash$|^otp|code$/i;
const MAX_TEXT = 200;
const MAX_ENTRIES = 100;
const MAX_DEPTH = 5;
/** The members of a response that identify its resource; others may be secrets, such as the link of a ticket. */
const ANSWER_MEMBERS = ['id', 'user_id', 'client_id', 'audience', 'name'] as const;

/** A value with secrets masked and long texts shortened. The members of the body itself are all kept. */
function toShown(value: unknown, name: string, depth: number): unknown {
  if (typeof value === 'string') return SECRET_NAME.test(name) ? MASK : value.slice(0, MAX_TEXT);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return MASK;
  if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((item) => toShown(item, name, depth + 1));
  const entries = Object.entries(value).slice(0, depth === 0 ? undefined : MAX_ENTRIES);
  return Object.fromEntries(entries.map(([key, item]) => [key, toShown(item, key, depth + 1)]));
}

function toAnswerMembers(body: unknown): Record<string, unknown> | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const entries = ANSWER_MEMBERS.flatMap((name) => {
    const value = (body as Record<string, unknown>)[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The `details` of the change's log entry, in Auth0's format. */
export function toLogDetails({ method, url, body, ip, token, answer }: LoggedChange): LogDetails {
  const [path = '', query = ''] = url.split('?');
  const members = toAnswerMembers(answer.body);
  return {
    request: {
      method: method.toLowerCase(),
      path,
      query: Object.fromEntries(new URLSearchParams(query)),
      ...(body !== undefined && { body: toShown(body, '', 0) }),
      channel: 'api',
      ip,
      auth: { user: {}, strategy: 'jwt', credentials: { jti: token.jti, scopes: [...token.scopes] } },
    },
    response: { statusCode: answer.status ?? 200, ...(members && { body: members }) },
  };
}
