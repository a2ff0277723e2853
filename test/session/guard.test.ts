import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Caller, GuardRule } from '../../src/http/route.ts';
import {
  audience,
  createSessionsUnderTest,
  type SessionsUnderTest,
  toToken,
} from './support/session-module.ts';

/** The accepted caller of a row with this rule, or the code of its refusal. */
const callBy =
  (under: SessionsUnderTest, headers: object) =>
  async (rule: GuardRule, api = audience): Promise<Caller | string> => {
    const guard = under.makeGuard(rule, api, '/api');
    try {
      return await guard({ headers, method: 'GET', socket: {} } as IncomingMessage);
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

const nowS = ({ clock }: SessionsUnderTest): number => Math.floor(clock.now() / 1000);

describe('the guard of a row checks a session', () => {
  it('by scopes and claims of its access token', async () => {
    const under = createSessionsUnderTest();
    const { headers } = await under.begin();
    const call = callBy(under, headers);
    expect(await call({ scopes: ['read'], user: true, claims: { azp: 'client' } })).toMatchObject({
      kind: 'session',
      subject: 'auth0|1',
      clientId: 'client',
    });
    for (const rule of [{ scopes: ['write'] }, { permissions: ['read'] }, { claims: { azp: 'other' } }])
      expect(await call(rule)).toBe('insufficient_scope');
    expect(await call({ client: true })).toBe('insufficient_scope');
    expect(await call({ anyScope: ['write', 'read'] })).toMatchObject({ kind: 'session' });
  });

  it('by its token for the audience of the row', async () => {
    const under = createSessionsUnderTest();
    under.refresh = async (_, api) => ({
      access_token: toToken('other', api),
      expires_in: 600,
      scope: 'tasks',
    });
    const { headers } = await under.begin();
    const call = callBy(under, headers);
    expect(await call({ scopes: ['tasks'] }, 'urn:other')).toMatchObject({ kind: 'session' });
    expect(await call({ scopes: ['read'] }, 'urn:other')).toBe('insufficient_scope');
    expect(await call({ scopes: ['tasks'] })).toBe('insufficient_scope');
    expect(under.refreshed).toHaveLength(1);
  });

  it('by time and method of the sign-in, which a refresh does not change', async () => {
    const under = createSessionsUnderTest();
    const { headers } = await under.begin({ auth_time: nowS(under), acr: 'strong' });
    const call = callBy(under, headers);
    const fresh = { scopes: ['read'], max_age: 300 };
    expect(await call(fresh)).toMatchObject({ kind: 'session' });
    expect(await call({ acr: ['strong'] })).toMatchObject({ kind: 'session' });
    expect(await call({ acr: ['stronger'] })).toBe('insufficient_user_authentication');
    under.clock.offsetS += 700;
    under.refresh = async () => ({
      // The sign-in decides, not the claims of the access token.
      access_token: `e30.${Buffer.from(
        JSON.stringify({ aud: audience, auth_time: nowS(under), acr: 'stronger' }),
      ).toString('base64url')}.`,
      expires_in: 600,
      scope: 'read',
    });
    expect(await call({ scopes: ['read'] })).toMatchObject({ kind: 'session' });
    expect(under.refreshed).toHaveLength(1);
    expect(await call(fresh)).toBe('insufficient_user_authentication');
    expect(await call({ scopes: ['read'], acr: ['stronger'] })).toBe('insufficient_user_authentication');
  });

  it('without a sign-in time as too old', async () => {
    const under = createSessionsUnderTest();
    const { headers } = await under.begin();
    expect(await callBy(under, headers)({ max_age: 1_000_000 })).toBe('insufficient_user_authentication');
  });

  it('without a token, if the rule requires none', async () => {
    const under = createSessionsUnderTest();
    const { headers } = await under.begin();
    under.clock.offsetS += 700;
    expect(await callBy(under, headers)({ user: true })).toMatchObject({ kind: 'session' });
    expect(under.refreshed).toEqual([]);
  });

  it('synchronously, if the store responds synchronously', async () => {
    const under = createSessionsUnderTest();
    const { headers } = await under.begin();
    const guard = under.makeGuard({ scopes: ['read'] }, audience, '/api');
    const caller = guard({ headers, method: 'GET', socket: {} } as IncomingMessage);
    expect(caller).not.toBeInstanceOf(Promise);
    // The data that opens the session's tokens is not accessible.
    expect(JSON.stringify(await caller)).not.toMatch(/e30|eyJ|rt/);
  });
});
