import type { Caller, Claims } from '../http/route.ts';
import type { LiveSession } from './live-sessions.ts';
import { type AccessToken, readClaims } from './token-set.ts';

/** What an access token says of its holder, read once. */
interface Grant {
  readonly scopes: ReadonlySet<string>;
  readonly claims: Claims;
  readonly clientId: string | undefined;
}

const noGrant: Grant = { scopes: new Set(), claims: {}, clientId: undefined };

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
  readonly #live: LiveSession;
  /** What was handed out for this request, by audience. */
  readonly #sent = new Map<string, string>();

  constructor(live: LiveSession, grant: Grant, claims: Claims) {
    const { meta } = live.opened;
    this.subject = meta.subject;
    this.sessionId = meta.publicId;
    this.clientId = grant.clientId;
    this.scopes = grant.scopes;
    this.claims = claims;
    this.#live = live;
  }

  /** Undefined for a caller that did not come by session. */
  static sessionOf(caller: Caller): LiveSession | undefined {
    return #live in caller ? caller.#live : undefined;
  }

  /** The token that this request was handed for an audience. */
  static sentOf(caller: Caller, audience: string): string | undefined {
    return #live in caller ? caller.#sent.get(audience) : undefined;
  }

  static noteSent(caller: Caller, audience: string, token: string): void {
    if (#live in caller) caller.#sent.set(audience, token);
  }
}

/** Makes callers; what their tokens say is kept as long as the opened record is. */
export function createToCaller(): (live: LiveSession, audience: string) => SessionCaller {
  const grants = new WeakMap<AccessToken, Grant & { readonly judged: Claims }>();
  return (live, audience) => {
    const { meta, tokens } = live.opened;
    const token = tokens.access[audience];
    // How and when the user signed in, the ID token of the sign-in alone says: a refresh renews neither.
    const { auth_time, acr } = meta.claims;
    if (!token) return new SessionCaller(live, noGrant, { auth_time, acr });
    let grant = grants.get(token);
    if (!grant) {
      const read = toGrant(token);
      grant = { ...read, judged: Object.freeze({ ...read.claims, auth_time, acr }) };
      grants.set(token, grant);
    }
    return new SessionCaller(live, grant, grant.judged);
  };
}
