import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nowS } from '../../src/lib/clock.ts';
import { call, findUnrefused } from './support/call.ts';
import {
  audience,
  clientId,
  encode,
  goodClaims,
  issuer,
  makeRsaKey,
  makeToken,
  signSegments,
} from './support/signer.ts';
import { startWorld, type World } from './support/world.ts';

const key = makeRsaKey('k1');
const day = 24 * 3600;
let world: World;

beforeAll(async () => {
  world = await startWorld([key], { rows: { '/other': { rule: {}, audience: 'urn:other' } } });
});
afterAll(() => world.close());

const now = (): number => nowS(world.app.clock);
const accepts = async (changes: Record<string, unknown>): Promise<number> =>
  (await call(world.url, makeToken(key, goodClaims(changes, now())))).status;
const refused = (cases: Record<string, Record<string, unknown>>): Promise<unknown> =>
  findUnrefused(
    world.url,
    Object.fromEntries(
      Object.entries(cases).map(([name, changes]) => [name, makeToken(key, goodClaims(changes, now()))]),
    ),
  );
/** A token with this text as `exp`, for numbers that JavaScript cannot serialize. */
const withExp = (exp: string): string =>
  signSegments(
    key,
    encode({ alg: 'RS256', typ: 'JWT', kid: 'k1' }),
    encode(JSON.stringify(goodClaims({ exp: 'EXP' }, now())).replace('"EXP"', exp)),
  );

describe('exp, iat and nbf', () => {
  it('a token without exp, or with an exp that is not a finite number, is refused', async () => {
    expect(
      await refused({
        none: { exp: undefined },
        text: { exp: String(now() + 60) },
        null: { exp: null },
        list: { exp: [now() + 60] },
      }),
    ).toEqual({});
    expect((await call(world.url, withExp(String(now() + 60)))).status).toBe(200);
    expect(
      await findUnrefused(world.url, {
        '1e308': withExp('1e308'),
        infinity: withExp('1e999'),
        milliseconds: withExp(String((now() + 3600) * 1000)),
      }),
    ).toEqual({});
  });

  it('the lifetime of a token is limited to 30 days', async () => {
    const iat = now();
    expect(await accepts({ iat, exp: iat + 30 * day })).toBe(200);
    expect(
      await refused({
        longer: { iat, exp: iat + 30 * day + 1 },
        'long ago': { iat: 0 },
        early: { iat: -1e300 },
      }),
    ).toEqual({});
  });

  it('an expired token is accepted for another 60 s, and then refused', async () => {
    expect(await accepts({ iat: now() - 600, exp: now() - 58 })).toBe(200);
    expect(
      await refused({
        'at 60': { iat: now() - 600, exp: now() - 60 },
        'at 61': { iat: now() - 600, exp: now() - 61 },
      }),
    ).toEqual({});
  });

  it('an accepted token is refused once it has expired', async () => {
    const token = makeToken(key, goodClaims({ iat: now(), exp: now() + 300 }));
    expect((await call(world.url, token)).status).toBe(200);
    const { hits } = world.app.verifier.stats();
    world.app.clock.offsetS += 358;
    expect((await call(world.url, token)).status).toBe(200);
    expect(world.app.verifier.stats().hits).toBe(hits + 1);
    world.app.clock.offsetS += 3;
    expect(await findUnrefused(world.url, { token })).toEqual({});
    expect(world.app.verdicts.at(-1)).toEqual({ outcome: 'invalid_token', reason: 'expired' });
  });

  it('a token issued in the future is refused, unless by at most a minute', async () => {
    const exp = now() + 2 * day;
    expect(await accepts({ iat: now() + 55, exp })).toBe(200);
    expect(await accepts({ nbf: now() + 55, exp })).toBe(200);
    expect(await accepts({ nbf: now() - day, exp })).toBe(200);
    expect(
      await refused({
        'iat ahead': { iat: now() + 65, exp },
        'iat tomorrow': { iat: now() + day, exp },
        'nbf ahead': { nbf: now() + 65, exp },
        'nbf text': { nbf: String(now()), exp },
        'nbf null': { nbf: null, exp },
        'no iat': { iat: undefined },
        'iat text': { iat: String(now()) },
        'iat null': { iat: null },
      }),
    ).toEqual({});
  });
});

describe('iss, aud and sub', () => {
  it('a token of another issuer is refused', async () => {
    const issuers = [
      issuer.slice(0, -1),
      issuer.replace('https', 'http'),
      issuer.toUpperCase(),
      `${issuer}x`,
      [issuer],
      null,
      undefined,
      '',
      { [issuer]: 1 },
    ];
    expect(
      await refused(Object.fromEntries(issuers.map((iss) => [JSON.stringify(iss) ?? 'none', { iss }]))),
    ).toEqual({});
  });

  it('a token without the audience of the row is refused', async () => {
    const audiences = [
      'urn:other',
      audience.slice(0, -1),
      `${audience}/x`,
      audience.toUpperCase(),
      [[audience]],
      { [audience]: true },
      [],
      [audience, 7],
      [{ aud: audience }],
      null,
      undefined,
      '',
      7,
      `${audience} urn:other`,
    ];
    expect(
      await refused(Object.fromEntries(audiences.map((aud) => [JSON.stringify(aud) ?? 'none', { aud }]))),
    ).toEqual({});
  });

  it('a token whose aud is a list with that audience is accepted', async () => {
    expect(await accepts({ aud: [audience] })).toBe(200);
    expect(await accepts({ aud: [`${issuer}userinfo`, audience] })).toBe(200);
  });

  it('a token is accepted only for rows of its audience, cached or not', async () => {
    const other = `${world.app.url}/other`;
    const [mine, theirs] = [
      makeToken(key, goodClaims({}, now())),
      makeToken(key, goodClaims({ aud: 'urn:other' }, now())),
    ];
    for (const _ of ['first', 'remembered']) {
      expect((await call(world.url, mine)).status).toBe(200);
      expect((await call(other, theirs)).status).toBe(200);
      expect(await findUnrefused(other, { mine })).toEqual({});
      expect(await findUnrefused(world.url, { theirs })).toEqual({});
    }
  });

  it('a token without a subject is refused', async () => {
    const subjects = [undefined, '', 7, null, ['auth0|alice'], { sub: 'auth0|alice' }, true];
    expect(
      await refused(Object.fromEntries(subjects.map((sub) => [JSON.stringify(sub) ?? 'none', { sub }]))),
    ).toEqual({});
  });

  it('an ID token is not an access token', async () => {
    expect(
      await refused({
        'for the gateway’s client': { aud: clientId },
        'for the gateway’s client and the API': { aud: [clientId, audience] },
        'with a nonce': { nonce: 'n' },
        'with an empty nonce': { nonce: '' },
        'with a null nonce': { nonce: null },
      }),
    ).toEqual({});
  });
});

describe('a sender-constrained token', () => {
  it('is refused as a plain bearer, whatever the confirmation method', async () => {
    const methods = [
      { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' },
      { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' },
      { kid: 'k' },
      {},
      null,
      'jkt',
    ];
    expect(await refused(Object.fromEntries(methods.map((cnf) => [JSON.stringify(cnf), { cnf }])))).toEqual(
      {},
    );
    expect(world.app.verdicts.at(-1)).toEqual({ outcome: 'invalid_token', reason: 'cnf' });
  });
});

describe('claims', () => {
  it('are read only as own properties, not from `__proto__`', async () => {
    const header = encode({ alg: 'RS256', typ: 'JWT', kid: 'k1' });
    const claims = JSON.stringify(goodClaims({}, now()));
    const via = (name: string, members: string): string =>
      signSegments(
        key,
        header,
        encode(`${claims.replace(`"${name}":`, `"x-${name}":`).slice(0, -1)},"__proto__":${members}}`),
      );
    expect(
      await findUnrefused(world.url, {
        sub: via('sub', '{"sub":"auth0|alice"}'),
        aud: via('aud', `{"aud":"${audience}"}`),
        exp: via('exp', `{"exp":${now() + 60}}`),
      }),
    ).toEqual({});
  });

  it('reach the handler frozen and without a prototype', async () => {
    const token = makeToken(key, goodClaims({ list: [{ a: 1 }] }, now()));
    await call(world.url, token);
    const facts = await world.app.verifier.verify(token, {});
    if (typeof facts === 'string') throw new Error(facts);
    const { claims } = facts.caller;
    expect(Object.getPrototypeOf(claims)).toBe(null);
    const list = claims.list as { a: number }[];
    for (const held of [facts.caller, claims, list, list[0]]) expect(Object.isFrozen(held)).toBe(true);
  });
});
