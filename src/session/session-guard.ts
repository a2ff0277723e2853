import type { IncomingMessage } from 'node:http';
import type { CsrfCheck } from '../browser/csrf.ts';
import { GatewayError } from '../errors.ts';
import type { Caller, GuardRule, MakeGuard } from '../http/route.ts';
import type { Clock } from '../lib/clock.ts';
import type { FreshToken, RenewedFromS } from './fresh-token.ts';
import type { CachedSession, SessionCache } from './session-cache.ts';
import { createToCaller } from './session-caller.ts';
import type { Ticket, Tickets } from './ticket.ts';
import { isGood } from './token-set.ts';

/** Compiles a row's rule into a check that returns the refusal of a caller, or undefined if the caller is authorized. */
export type CheckRule = (rule: GuardRule, path: string) => (caller: Caller) => GatewayError | undefined;

export interface SessionGuardDeps {
  readonly csrf: CsrfCheck;
  readonly tickets: Pick<Tickets, 'parse'>;
  readonly cache: Pick<SessionCache, 'find' | 'recall' | 'roll'>;
  readonly freshToken: FreshToken;
  readonly renewedFromS: RenewedFromS;
  readonly checkRule: CheckRule;
  /** Creates the guard for requests without a session. */
  readonly makeBearerGuard: MakeGuard;
  readonly clock: Clock;
}

/** Whether a rule needs facts that only an access token has. */
const requiresToken = (rule: GuardRule): boolean =>
  [
    rule.scopes,
    rule.anyScope,
    rule.permissions,
    rule.scopesOrPermissions,
    rule.claims,
    rule.fresh_permissions,
  ].some(Boolean);

const RETRY_AFTER_S = 5;

/**
 * Creates guards that authenticate a request by its session, or else by its bearer token. A cookie without a live session
 * does not count as a credential.
 * @throws GatewayError `ambiguous_credentials` for both at once, `csrf_failed`, and the codes of a token renewal and of the
 * bearer guard
 */
export function createSessionGuard(deps: SessionGuardDeps): MakeGuard {
  const { csrf, tickets, cache, freshToken, renewedFromS, checkRule, makeBearerGuard, clock } = deps;
  const toCaller = createToCaller();
  const lastSeen = new WeakMap<object, { readonly cookie: string; readonly ticket: Ticket | undefined }>();

  /** Caches the parsed ticket per connection, which mostly sends the same cookie. */
  function ticketOf(cookie: string, socket: object): Ticket | undefined {
    const last = lastSeen.get(socket);
    if (last?.cookie === cookie) return last.ticket;
    const ticket = tickets.parse(cookie);
    lastSeen.set(socket, { cookie, ticket });
    return ticket;
  }

  return (rule, audience, path, traits) => {
    const guardBearer = makeBearerGuard(rule, audience, path, traits);
    const refusalOf = checkRule(rule, path);
    const needsToken = requiresToken(rule);
    const isFresh = rule.fresh_permissions === true;

    function pass(session: CachedSession): Caller {
      const caller = toCaller(session, audience);
      const refusal = refusalOf(caller);
      if (refusal) throw refusal;
      if (!traits?.isWatch) cache.roll(session);
      return caller;
    }

    async function renewAndPass(session: CachedSession, renewing: string | Promise<string>): Promise<Caller> {
      const { meta, tokens } = session.opened;
      const before = tokens.access[audience];
      const isRenewed = (await renewing) !== before?.token;
      // In an outage of the tenant a session keeps using its token, unless that has lost permissions.
      if (isFresh && !isRenewed && before.issuedAtS < renewedFromS(meta.subject))
        throw new GatewayError('tenant_unavailable', {
          retryAfterS: RETRY_AFTER_S,
          reason: 'old permissions',
        });
      return pass({ ...session, opened: cache.recall(session.ticket) ?? session.opened });
    }

    function authorize(
      session: CachedSession | undefined,
      request: IncomingMessage,
    ): Caller | Promise<Caller> {
      if (!session) return guardBearer(request);
      const { meta, tokens } = session.opened;
      if (!needsToken || isGood(tokens.access[audience], clock.now(), renewedFromS(meta.subject)))
        return pass(session);
      return renewAndPass(session, freshToken(session, audience));
    }

    return (request) => {
      const { headers, socket } = request;
      if (!csrf.hasSessionCookie(headers)) return guardBearer(request);
      csrf.requireCsrfHeader(request, traits);
      const ticket = ticketOf(headers.cookie ?? '', socket);
      const found = ticket && cache.find(ticket);
      return found instanceof Promise
        ? found.then((session) => authorize(session, request))
        : authorize(found, request);
    };
  };
}
