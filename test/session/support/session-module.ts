import type { IncomingMessage } from 'node:http';
import { createRuleCheck } from '../../../src/bearer/rule-check.ts';
import { createOrigins } from '../../../src/browser/origins.ts';
import { GatewayError } from '../../../src/errors.ts';
import type { Caller, RequestInfo } from '../../../src/http/route.ts';
import { createTravelClock, type TravelClock } from '../../../src/lib/clock.ts';
import { assembleSession, type SessionModule } from '../../../src/session/assemble.ts';
import type { RefreshTokens } from '../../../src/session/fresh-token.ts';
import type { BegunSession } from '../../../src/session/session.ts';
import { createSqliteStore } from '../../../src/store/sqlite-store.ts';
import type { SessionStore, Store } from '../../../src/store/store.ts';

export const audience = 'urn:api';

/** An access token in the tenant's format, without a valid signature. */
export function toToken(name: string, aud = audience): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part({ aud, jti: name, azp: 'client' })}.c2ln`;
}

export interface SessionsUnderTest extends SessionModule {
  readonly clock: TravelClock;
  /** The number of calls of the store by kind, since the last `forget`. */
  readonly asked: string[];
  readonly revoked: string[];
  readonly refreshed: string[];
  readonly troubles: string[];
  /** Throws for a call of the store that should fail. */
  fail: (call: string) => void;
  refresh: RefreshTokens;
  /** `claims` are those of the ID token. */
  begin(claims?: object): Promise<{ readonly begun: BegunSession; readonly headers: RequestInfo['headers'] }>;
  /** The caller that a guarded row gets. */
  enter(headers: RequestInfo['headers']): Promise<Caller>;
}

/** The session module with a real store in memory, and a tenant with the given responses. */
export function createSessionsUnderTest(given?: Store): SessionsUnderTest {
  const clock = createTravelClock();
  const shared = given ?? createSqliteStore(':memory:', clock);
  const asked: string[] = [];
  const revoked: string[] = [];
  const refreshed: string[] = [];
  const troubles: string[] = [];
  const sessions = new Proxy(shared.sessions, {
    get: (target, name: keyof SessionStore) => {
      const call = target[name] as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        asked.push(name);
        under.fail(name);
        return call.apply(target, args);
      };
    },
  });
  const module = assembleSession({
    renewedFromS: () => 0,
    publicUrl: 'http://localhost:3000',
    origins: createOrigins({
      publicUrl: 'http://localhost:3000',
      allowedOrigins: [],
      allowLocalhostOrigins: false,
      tokenModeOrigins: [],
    }),
    secrets: ['a secret of the tests: 32 bytes or more'],
    store: { ...shared, sessions },
    clock,
    idleS: 1_000_000,
    maxS: 2_000_000,
    maxPerUser: 50,
    tenantTimeoutMs: 500,
    refresh: (token, api) => {
      refreshed.push(token);
      return under.refresh(token, api);
    },
    revokeLater: (token) => void (token !== undefined && revoked.push(token)),
    revokeElsewhere: undefined,
    requireSecondFactor: () => new GatewayError('mfa_required'),
    onRefreshed: () => undefined,
    checkRule: createRuleCheck({ clock, publicUrl: 'http://localhost:3000', clientId: 'client' }),
    makeBearerGuard: () => () => {
      throw new GatewayError('unauthenticated');
    },
    onDisplaced: () => undefined,
    onBegun: () => undefined,
    onEnded: () => undefined,
    log: { error: (_: unknown, trouble = '') => void troubles.push(trouble) },
  });
  const enter = module.makeGuard({ scopes: ['read'] }, audience, '/api');
  const under: SessionsUnderTest = {
    ...module,
    clock,
    asked,
    revoked,
    refreshed,
    troubles,
    fail: () => undefined,
    refresh: async (token) => ({
      access_token: toToken(`${refreshed.length}`),
      expires_in: 600,
      refresh_token: `${token}+`,
    }),
    async begin(claims = {}) {
      const tokens = { access_token: toToken('0'), expires_in: 600, scope: 'read', refresh_token: 'rt' };
      const begun = await module.sessions.begin(
        { tokens, claims: { sub: 'auth0|1', ...claims }, audience, method: 'password' },
        { id: 'r', ip: '127.0.0.1', headers: {} },
      );
      return { begun, headers: { cookie: begun.setCookie.split(';')[0] ?? '', 'x-csrf': '1' } };
    },
    // A guard uses only this.
    enter: async (headers) => enter({ headers, method: 'GET', socket: {} } as IncomingMessage),
  };
  return under;
}
