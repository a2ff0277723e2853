import type { TenantContext } from '../context.ts';
import { enrolledBy } from '../factors/authenticators.ts';
import type { Client, Connection } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import type { Parameters } from '../wire/parameters.ts';
import type { TenantRequest } from '../wire/row.ts';

/** The request that a trigger runs for. */
export interface EventRequest {
  readonly ip: string;
  readonly method: string;
  readonly userAgent?: string | undefined;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: Readonly<Record<string, unknown>> | undefined;
}

/** Members of a request body that are removed from the event. */
const SECRETS: ReadonlySet<string> = new Set([
  'password',
  'client_secret',
  'client_assertion',
  'refresh_token',
  'code',
  'code_verifier',
  'otp',
  'oob_code',
  'binding_code',
  'recovery_code',
  'mfa_token',
  'device_code',
  'auth_session',
  'authn_response',
  'token',
]);

/** A body without its secrets. */
export const toEventBody = (body: Parameters): Record<string, unknown> =>
  Object.fromEntries(
    body.names().flatMap((name) => (SECRETS.has(name) ? [] : [[name, body.raw(name)] as const])),
  );

/** The request of a browser or of another public caller. */
export const toEventRequest = (
  { ip, headers, query, body }: TenantRequest,
  method = 'POST',
): EventRequest => ({
  ip,
  method,
  userAgent: headers['user-agent'],
  query: Object.fromEntries(query),
  body: toEventBody(body),
});

export const requestPart = (
  { domain }: Pick<TenantContext, 'domain'>,
  { ip, method, userAgent, query = {}, body = {} }: EventRequest,
): object => ({ ip, method, user_agent: userAgent, hostname: domain, geoip: {}, query, body });

export const tenantPart = ({ domain }: Pick<TenantContext, 'domain'>): object => ({
  id: domain.split(':', 1)[0],
});

export const clientPart = ({ client_id, name, client_metadata }: Client): object => ({
  client_id,
  name,
  metadata: client_metadata,
});

export const connectionPart = ({ id, name, strategy, metadata = {} }: Connection): object => ({
  id,
  name,
  strategy,
  metadata,
});

/** `event.user` of a user who exists. */
export function userPart({ state }: Pick<TenantContext, 'state'>, user: User): object {
  const {
    user_metadata = {},
    app_metadata = {},
    last_ip: _ip,
    last_login: _login,
    logins_count: _count,
    ...rest
  } = user;
  const enrolled = enrolledBy({ state }, user).filter(({ active }) => active);
  return {
    ...rest,
    user_metadata,
    app_metadata,
    enrolledFactors: enrolled.map(({ authenticator_type, oob_channel }) => ({
      type: oob_channel ?? authenticator_type,
      ...(oob_channel !== undefined && { method: oob_channel }),
    })),
    ...(enrolled.length > 0 && { multifactor: ['guardian'] }),
  };
}
