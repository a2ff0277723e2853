import type { Caller, Claims } from '../http/route.ts';
import type { CachedSession } from './session-cache.ts';
import { type AccessToken, readClaims } from './token-set.ts';

/** The claims of an access token, read once. */
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

/** The caller of one request, authenticated by session. Its tokens are in private fields, not visible to handlers. */
export class SessionCaller implements Caller {
  readonly kind = 'session';
  readonly subject: string;
  readonly clientId: string | undefined;
  readonly scopes: ReadonlySet<string>;
  readonly claims: Claims;
  /** Public id of the session; not a credential. */
  readonly sessionId: string;
  readonly #session: CachedSession;
  /** The tokens used for this request, by audience. */
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

  /** Undefined for a caller without a session. */
  static sessionOf(caller: Caller): CachedSession | undefined {
    return #session in caller ? caller.#session : undefined;
  }

  /** The token used for this request and audience. */
  static sentOf(caller: Caller, audience: string): string | undefined {
    return #session in caller ? caller.#sent.get(audience) : undefined;
  }

  static recordSent(caller: Caller, audience: string, token: string): void {
    if (#session in caller) caller.#sent.set(audience, token);
  }
}

/** Creates callers. Parsed claims are cached as long as the opened record. */
export function createToCaller(): (session: CachedSession, audience: string) => SessionCaller {
  const grants = new WeakMap<AccessToken, Grant & { readonly callerClaims: Claims }>();
  return (session, audience) => {
    const { meta, tokens } = session.opened;
    const token = tokens.access[audience];
    // Only the ID token of the sign-in has these claims; a refresh does not renew them.
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
