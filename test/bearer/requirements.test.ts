import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GuardRule } from '../../src/http/route.ts';
import { nowS } from '../../src/lib/clock.ts';
import { type Answer, call } from './support/call.ts';
import { clientId, encode, goodClaims, makeRsaKey, makeToken, signSegments } from './support/signer.ts';
import { startWorld, type World } from './support/world.ts';

const key = makeRsaKey('k1');
const rules: Record<string, GuardRule> = {
  '/one': { scopes: ['read:things'] },
  '/two': { scopes: ['read:things', 'write:things'] },
  '/any': { anyScope: ['read:things', 'write:things'] },
  '/permissions': { permissions: ['read:things'] },
  '/either': { scopesOrPermissions: ['read:things', 'write:things'] },
  '/claims': { claims: { org_id: 'org_1', paid: true, level: 2 } },
  '/user': { user: true },
  '/client': { client: true },
  '/own-client': { ownClient: true },
  '/recent': { max_age: 300 },
  '/strong': { acr: ['mfa', 'http://schemas.openid.net/pape/policies/2007/06/multi-factor'] },
  '/all': { scopes: ['read:things'], user: true, max_age: 300, acr: ['mfa'] },
};
let world: World;

beforeAll(async () => {
  world = await startWorld([key], {
    rows: Object.fromEntries(Object.entries(rules).map(([path, rule]) => [path, { rule }])),
  });
});
afterAll(() => world.close());

const now = (): number => nowS(world.app.clock);
const ask = (path: string, changes: Record<string, unknown>): Promise<Answer> =>
  call(world.app.url + path, makeToken(key, goodClaims(changes, now())));
const statusOf = async (path: string, changes: Record<string, unknown>): Promise<number> =>
  (await ask(path, changes)).status;
const challenge = (path: string, params: string): string =>
  `Bearer realm="gatehouse", ${params}, resource_metadata="https://gateway.test/.well-known/oauth-protected-resource${path}"`;

describe('a refusal', () => {
  it.each([
    ['/one', 'Use a token or session that has the scope read:things.'],
    ['/two', 'Use a token or session that has the scopes read:things, write:things.'],
    ['/any', 'Use a token or session that has one of the scopes read:things, write:things.'],
    ['/permissions', 'Use a token or session that has the permission read:things.'],
    [
      '/either',
      'Use a token or session that has the scopes read:things, write:things, or permissions of these names.',
    ],
    ['/claims', 'Use a token or session that has the value of the claim org_id that this route requires.'],
    ['/client', 'This route is for machine clients: use a token from /v1/oauth/token.'],
  ])('of %s names the missing requirement in its detail', async (path, detail) => {
    const answer = await ask(path, { scope: 'openid' });
    expect(answer).toMatchObject({ status: 403, body: { code: 'insufficient_scope', detail } });
  });

  it('of a machine client on a route for users has its reason', async () => {
    const { status, body } = await ask('/user', { sub: 'm2m@clients', azp: 'm2m' });
    expect({ status, detail: body.detail }).toEqual({
      status: 403,
      detail:
        'This route is for users: use the token or session of a user, not the token of a machine client.',
    });
  });
});

describe('scopes', () => {
  it('a token without the scope answers 403 insufficient_scope and names it; the handler does not run', async () => {
    const { handled } = world.app;
    const answer = await ask('/one', { scope: 'openid' });
    expect(answer.status).toBe(403);
    expect(answer.code).toBe('insufficient_scope');
    expect(answer.challenge).toBe(challenge('/one', 'error="insufficient_scope", scope="read:things"'));
    expect(world.app.handled).toBe(handled);
  });

  it('a token with the scope anywhere in the list answers 200', async () => {
    for (const scope of [
      'read:things',
      'a read:things',
      'read:things b',
      'a read:things b',
      ' read:things ',
    ]) {
      expect(await statusOf('/one', { scope }), scope).toBe(200);
    }
  });

  it('a similar scope answers 403', async () => {
    const scopes = [
      'read:things-x',
      'xread:things',
      'READ:THINGS',
      'read:thing',
      'read: things',
      'read:things,openid',
      '*',
      '',
    ];
    for (const scope of scopes) expect(await statusOf('/one', { scope }), scope).toBe(403);
  });

  it('a scope claim that is not a space-separated string contains no scopes: 403', async () => {
    const scopes = [
      ['read:things'],
      'read:things\topenid',
      'openid\nread:things',
      null,
      { 'read:things': true },
      7,
      true,
      undefined,
    ];
    for (const scope of scopes) expect(await statusOf('/one', { scope }), JSON.stringify(scope)).toBe(403);
    expect(await statusOf('/one', { scope: undefined, scp: 'read:things', scopes: 'read:things' })).toBe(403);
  });

  it('scopes in `__proto__` are ignored: 403', async () => {
    const claims = JSON.stringify(goodClaims({ scope: undefined }, now())).slice(0, -1);
    const header = encode({ alg: 'RS256', typ: 'JWT', kid: 'k1' });
    for (const name of ['__proto__', 'constructor', 'prototype']) {
      const payload = encode(`${claims},"${name}":{"scope":"read:things","permissions":["read:things"]}}`);
      const token = signSegments(key, header, payload);
      expect((await call(world.url, token)).status).toBe(200);
      for (const path of ['/one', '/permissions', '/either']) {
        expect((await call(world.app.url + path, token)).status).toBe(403);
      }
    }
  });

  it('a row that needs two refuses a token that has one', async () => {
    expect(await statusOf('/two', { scope: 'read:things' })).toBe(403);
    expect(await statusOf('/two', { scope: 'write:things read:things' })).toBe(200);
    expect((await ask('/two', { scope: '' })).challenge).toContain('scope="read:things write:things"');
  });

  it('a row that accepts any of two accepts each', async () => {
    expect(await statusOf('/any', { scope: 'write:things' })).toBe(200);
    expect(await statusOf('/any', { scope: 'read:things' })).toBe(200);
    expect(await statusOf('/any', { scope: 'openid' })).toBe(403);
  });
});

describe('permissions', () => {
  it('cannot be replaced by a scope, and scopes not by a permission', async () => {
    expect(await statusOf('/permissions', { scope: 'read:things' })).toBe(403);
    expect(await statusOf('/permissions', { permissions: ['read:things'] })).toBe(200);
    expect(await statusOf('/one', { scope: 'openid', permissions: ['read:things'] })).toBe(403);
    expect((await ask('/permissions', {})).challenge).toContain(
      'error="insufficient_scope", scope="read:things"',
    );
  });

  it('of another type are ignored', async () => {
    for (const permissions of [
      'read:things',
      'read:things x',
      { 0: 'read:things', length: 1 },
      [['read:things']],
      null,
    ]) {
      expect(await statusOf('/permissions', { permissions }), JSON.stringify(permissions)).toBe(403);
    }
  });

  it('can replace scopes, one by one, if the row allows it', async () => {
    expect(await statusOf('/either', { scope: 'read:things', permissions: ['write:things'] })).toBe(200);
    expect(await statusOf('/either', { scope: 'read:things write:things' })).toBe(200);
    expect(await statusOf('/either', { permissions: ['read:things', 'write:things'] })).toBe(200);
    expect(await statusOf('/either', { scope: 'read:things', permissions: ['read:things'] })).toBe(403);
  });
});

describe('claims, users and clients', () => {
  it('claims must equal those of the row, in type and value', async () => {
    const right = { org_id: 'org_1', paid: true, level: 2 };
    expect(await statusOf('/claims', right)).toBe(200);
    for (const wrong of [
      { org_id: 'org_2' },
      { org_id: ['org_1'] },
      { paid: 'true' },
      { paid: 1 },
      { level: '2' },
      { level: undefined },
    ]) {
      expect(await statusOf('/claims', { ...right, ...wrong }), JSON.stringify(wrong)).toBe(403);
    }
    expect((await ask('/claims', {})).challenge).toBe(challenge('/claims', 'error="insufficient_scope"'));
  });

  it('a machine client cannot call a row for users, and a user not one for machine clients', async () => {
    const machine = { sub: 'some-app@clients', azp: 'some-app' };
    expect(await statusOf('/user', machine)).toBe(403);
    expect(await statusOf('/client', machine)).toBe(200);
    expect(await statusOf('/user', {})).toBe(200);
    expect(await statusOf('/client', {})).toBe(403);
    expect(
      await statusOf('/client', { sub: 'some-app@clients', azp: undefined, client_id: 'some-app' }),
    ).toBe(200);
  });

  it("a row for the gateway's own client refuses tokens of other clients", async () => {
    expect(await statusOf('/own-client', { azp: clientId })).toBe(200);
    expect(await statusOf('/own-client', { azp: undefined, client_id: clientId })).toBe(200);
    for (const other of [
      { azp: 'some-app' },
      { azp: undefined },
      { azp: [clientId] },
      { azp: 'some-app', client_id: clientId },
      { azp: clientId.toUpperCase() },
    ])
      expect(await ask('/own-client', other), JSON.stringify(other)).toMatchObject({
        status: 403,
        code: 'insufficient_scope',
      });
  });

  it('a subject that ends in @clients, but is not a client, is neither user nor client', async () => {
    const federated = { sub: 'samlp|corp|eve@clients', azp: 'some-app' };
    expect(await statusOf('/client', federated)).toBe(403);
    expect(await statusOf('/user', federated)).toBe(403);
    expect(await statusOf('/client', { sub: 'undefined@clients', azp: undefined })).toBe(403);
  });
});

describe('step-up', () => {
  it('a sign-in that is too old answers 401 with max_age, not invalid_token', async () => {
    expect(await statusOf('/recent', { auth_time: now() - 299 })).toBe(200);
    const answer = await ask('/recent', { auth_time: now() - 305 });
    expect(answer.status).toBe(401);
    expect(answer.code).toBe('insufficient_user_authentication');
    expect(answer.challenge).toBe(
      challenge('/recent', 'error="insufficient_user_authentication", max_age="300"'),
    );
  });

  it('a token without auth_time is refused', async () => {
    for (const auth_time of [undefined, null, String(now()), [now()], now() + 3600]) {
      expect(await statusOf('/recent', { auth_time }), JSON.stringify(auth_time)).toBe(401);
    }
  });

  it('a cached token is refused once its sign-in is too old', async () => {
    const token = makeToken(key, goodClaims({ auth_time: now() }, now()));
    expect((await call(`${world.app.url}/recent`, token)).status).toBe(200);
    world.app.clock.offsetS += 302;
    expect((await call(`${world.app.url}/recent`, token)).code).toBe('insufficient_user_authentication');
  });

  it('another authentication context answers 401 with acr_values', async () => {
    expect(await statusOf('/strong', { acr: 'mfa' })).toBe(200);
    for (const acr of [undefined, 'pwd', ['mfa'], 'MFA'])
      expect(await statusOf('/strong', { acr })).toBe(401);
    expect((await ask('/strong', {})).challenge).toBe(
      challenge(
        '/strong',
        'error="insufficient_user_authentication", acr_values="mfa http://schemas.openid.net/pape/policies/2007/06/multi-factor"',
      ),
    );
  });

  it('is not required of a caller without the scope', async () => {
    expect(await statusOf('/all', { scope: 'openid' })).toBe(403);
    expect((await ask('/all', { scope: 'read:things' })).challenge).toContain('acr_values="mfa"');
    expect(await statusOf('/all', { scope: 'read:things', acr: 'mfa', auth_time: now() })).toBe(200);
  });
});
