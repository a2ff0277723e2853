import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Caller, GuardRule } from '../../src/http/route.ts';
import { audience, createRoomUnderTest, type RoomUnderTest, toToken } from './support/room.ts';

/** Whom a row with this rule lets in, or the code of its refusal. */
const judgeBy =
  (room: RoomUnderTest, headers: object) =>
  async (rule: GuardRule, api = audience): Promise<Caller | string> => {
    const guard = room.makeGuard(rule, api, '/api');
    try {
      return await guard({ headers, method: 'GET', socket: {} } as IncomingMessage);
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

const nowS = ({ clock }: RoomUnderTest): number => Math.floor(clock.now() / 1000);

describe('the guard of a row judges a session', () => {
  it('by the scopes and claims of its access token', async () => {
    const room = createRoomUnderTest();
    const { headers } = await room.begin();
    const judge = judgeBy(room, headers);
    expect(await judge({ scopes: ['read'], user: true, claims: { azp: 'client' } })).toMatchObject({
      kind: 'session',
      subject: 'auth0|1',
      clientId: 'client',
    });
    for (const rule of [{ scopes: ['write'] }, { permissions: ['read'] }, { claims: { azp: 'other' } }])
      expect(await judge(rule)).toBe('insufficient_scope');
    expect(await judge({ client: true })).toBe('insufficient_scope');
    expect(await judge({ anyScope: ['write', 'read'] })).toMatchObject({ kind: 'session' });
  });

  it('by its token for the audience of the row', async () => {
    const room = createRoomUnderTest();
    room.refresh = async (_, api) => ({
      access_token: toToken('other', api),
      expires_in: 600,
      scope: 'tasks',
    });
    const { headers } = await room.begin();
    const judge = judgeBy(room, headers);
    expect(await judge({ scopes: ['tasks'] }, 'urn:other')).toMatchObject({ kind: 'session' });
    expect(await judge({ scopes: ['read'] }, 'urn:other')).toBe('insufficient_scope');
    expect(await judge({ scopes: ['tasks'] })).toBe('insufficient_scope');
    expect(room.refreshed).toHaveLength(1);
  });

  it('by when and how its user signed in, which a refresh never renews', async () => {
    const room = createRoomUnderTest();
    const { headers } = await room.begin({ auth_time: nowS(room), acr: 'strong' });
    const judge = judgeBy(room, headers);
    const fresh = { scopes: ['read'], max_age: 300 };
    expect(await judge(fresh)).toMatchObject({ kind: 'session' });
    expect(await judge({ acr: ['strong'] })).toMatchObject({ kind: 'session' });
    expect(await judge({ acr: ['stronger'] })).toBe('insufficient_user_authentication');
    room.clock.offsetS += 700;
    room.refresh = async () => ({
      // Whatever an access token claims, the sign-in says it.
      access_token: `e30.${Buffer.from(
        JSON.stringify({ aud: audience, auth_time: nowS(room), acr: 'stronger' }),
      ).toString('base64url')}.`,
      expires_in: 600,
      scope: 'read',
    });
    expect(await judge({ scopes: ['read'] })).toMatchObject({ kind: 'session' });
    expect(room.refreshed).toHaveLength(1);
    expect(await judge(fresh)).toBe('insufficient_user_authentication');
    expect(await judge({ scopes: ['read'], acr: ['stronger'] })).toBe('insufficient_user_authentication');
  });

  it('that does not know when its user signed in as too old', async () => {
    const room = createRoomUnderTest();
    const { headers } = await room.begin();
    expect(await judgeBy(room, headers)({ max_age: 1_000_000 })).toBe('insufficient_user_authentication');
  });

  it('without a token, where the rule asks nothing of one', async () => {
    const room = createRoomUnderTest();
    const { headers } = await room.begin();
    room.clock.offsetS += 700;
    expect(await judgeBy(room, headers)({ user: true })).toMatchObject({ kind: 'session' });
    expect(room.refreshed).toEqual([]);
  });

  it('at once, where the store answers at once', async () => {
    const room = createRoomUnderTest();
    const { headers } = await room.begin();
    const guard = room.makeGuard({ scopes: ['read'] }, audience, '/api');
    const caller = guard({ headers, method: 'GET', socket: {} } as IncomingMessage);
    expect(caller).not.toBeInstanceOf(Promise);
    // What it could be asked for its tokens with is not to be seen.
    expect(JSON.stringify(await caller)).not.toMatch(/e30|eyJ|rt/);
  });
});
