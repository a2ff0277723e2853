import type { Caller, Claims } from '../http/route.ts';
import type { CachedSession } from './session-cache.ts';
import { type AccessToken, readClaims } from './token-set.ts';

/** What an access token says of its holder, read once. */
interface Grant {
  readonly scopes: ReadonlySet<string>;
  readonly claims: Claims;
  readonly clientId: string | undefined;
}

const NO_GRANT: Grant = { scopes: new Set(), claims: {}, clientId: undefined };

function toGrant({ token, scope }: AccessToken): Grant {
  const claims = readClaims(token);
  const client = claims['azp'] ?? claims['client_id'];
  return {
    scopes: new Set(scope.split(' ').filter(Boolean)),
    claims,
    clientId: typeof client === 'string' ? client : undefined,
  };
}

/** The caller of one request, by session. What it could be asked for its tokens with is not to be seen on it. */
export class SessionCaller implements Caller {
  readonly kind = 'session';
  readonly subject: string;
  readonly clientId: string | undefined;
  readonly scopes: ReadonlySet<string>;
  readonly claims: Claims;
  /** Not the cookie's: an id that opens nothing. */
  readonly sessionId: string;
  readonly #session: CachedSession;
  /** What was handed out for this request, by audience. */
  readonly #sent = new Map<string, string>();

  constructor(session: CachedSession, grant: Grant, claims: Claims) {
    const { meta } = session.opened;
    this.subject = meta.subject;
    this.sessionId = meta.publicId;
    this.clientId = grant.clientId;
    this.scopes = grant.scopes;
    this.claims = claims;
    this.#session = session;
  }

  /** Undefined for a caller that did not come by session. */
  static sessionOf(caller: Caller): CachedSession | undefined {
    return #session in caller ? caller.#session : undefined;
  }

  /** The token that this request was handed for an audience. */
  static sentOf(caller: Caller, audience: string): string | undefined {
    return #session in caller ? caller.#sent.get(audience) : undefined;
  }

  static recordSent(caller: Caller, audience: string, token: string): void {
    if (#session in caller) caller.#sent.set(audience, token);
  }
}

/** Makes callers; what their tokens say is kept as long as the opened record is. */
export function createToCaller(): (session: CachedSession, audience: string) => SessionCaller {
  const grants = new WeakMap<AccessToken, Grant & { readonly callerClaims: Claims }>();
  return (session, audience) => {
    const { meta, tokens } = session.opened;
    const token = tokens.access[audience];
    // How and when the user signed in, the ID token of the sign-in alone says: a refresh renews neither.
    const { auth_time, acr } = meta.claims;
    if (!token) return new SessionCaller(session, NO_GRANT, { auth_time, acr });
    let grant = grants.get(token);
    if (!grant) {
      const read = toGrant(token);
      grant = { ...read, callerClaims: Object.freeze({ ...read.claims, auth_time, acr }) };
      grants.set(token, grant);
    }
    return new SessionCaller(session, grant, grant.callerClaims);
  };
}
