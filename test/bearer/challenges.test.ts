import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBearerGuard } from '../../src/bearer/bearer-guard.ts';
import { toChallenges } from '../../src/bearer/challenges.ts';
import { ERROR_TABLE } from '../../src/errors.ts';
import type { GuardRule } from '../../src/http/route.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { call, visibleKinds } from './support/call.ts';
import { sendRaw } from './support/raw-request.ts';
import { audience, clientId, goodClaims, issuer, makeRsaKey, makeToken } from './support/signer.ts';
import { startWorld, type World } from './support/world.ts';

const key = makeRsaKey('k1');
const metadata = 'resource_metadata="https://gateway.test/.well-known/oauth-protected-resource/open"';
const token = makeToken(key);
let world: World;

const make = (rule: GuardRule, path: string): unknown =>
  createBearerGuard({
    isDenied: () => false,
    verifier: world.app.verifier,
    clock: systemClock,
    publicUrl: 'https://gateway.test',
    clientId,
  })(rule, audience, path);

beforeAll(async () => {
  world = await startWorld([key]);
});
afterAll(() => world.close());

describe('a request without credentials', () => {
  it('answers 401 with a realm and no error', async () => {
    const answer = await call(world.url);
    expect(answer.status).toBe(401);
    expect(answer.code).toBe('unauthenticated');
    expect(answer.challenge).toBe(`Bearer realm="gatehouse", ${metadata}`);
  });

  it('includes one with another scheme', async () => {
    for (const header of ['Basic dXNlcjpwYXNz', 'Basic', 'DPoP abc', 'Bearers abc', 'Negotiate', token]) {
      const answer = await call(world.url, undefined, header);
      expect(answer.status, header).toBe(401);
      expect(answer.challenge).toBe(`Bearer realm="gatehouse", ${metadata}`);
    }
  });

  it('includes one with its token in the query, in a cookie or in another header', async () => {
    expect((await call(`${world.url}?access_token=${token}`)).code).toBe('unauthenticated');
    const answer = await sendRaw(world.url, [
      `Cookie: access_token=${token}`,
      `X-Access-Token: ${token}`,
      `Proxy-Authorization: Bearer ${token}`,
    ]);
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
    expect(answer).not.toContain('error=');
  });

  it('is checked by its header if it also has a token in the query', async () => {
    expect((await call(`${world.url}?access_token=x`, token)).status).toBe(200);
  });
});

describe('an Authorization header', () => {
  it.each(['bearer', 'BEARER', 'bEaReR'])('may spell its scheme %s', async (scheme) => {
    expect((await call(world.url, undefined, `${scheme} ${token}`)).status).toBe(200);
  });

  it.each([
    ['that is empty', ['Authorization:']],
    ['that is blank', ['Authorization:   ']],
    ['without a token', ['Authorization: Bearer']],
    ['without a token but a space', ['Authorization: Bearer ']],
    ['with two spaces', [`Authorization: Bearer  ${token}`]],
    ['with a tab', [`Authorization: Bearer\t${token}`]],
    ['with a space and a tab', [`Authorization: Bearer \t${token}`]],
    ['with an extra part', [`Authorization: Bearer ${token} x`]],
    ['with two tokens', [`Authorization: Bearer ${token}, Bearer ${token}`]],
    ['with a tab after the token', [`Authorization: Bearer ${token}\tx`]],
    ['with a comma', [`Authorization: Bearer, ${token}`]],
    ['twice, the good one first', [`Authorization: Bearer ${token}`, 'Authorization: Bearer x']],
    ['twice, the good one last', ['Authorization: Bearer x', `authorization: Bearer ${token}`]],
    ['twice the same', [`Authorization: Bearer ${token}`, `AUTHORIZATION: Bearer ${token}`]],
    ['twice, with another scheme', ['Authorization: Basic dXNlcjpwYXNz', `Authorization: Bearer ${token}`]],
    ['twice, one empty', ['Authorization:', `Authorization: Bearer ${token}`]],
  ])('%s is malformed: 400 invalid_request', async (_, lines) => {
    const { handled } = world.app;
    const answer = await sendRaw(world.url, lines);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('"code":"invalid_request"');
    expect(answer).toContain(
      `WWW-Authenticate: Bearer realm="gatehouse", error="invalid_request", ${metadata}\r\n`,
    );
    expect(world.app.handled).toBe(handled);
  });

  it('with bytes beyond ASCII is a refused token, not an internal error', async () => {
    const answer = await sendRaw(world.url, [`Authorization: Bearer ${token}\xe9`]);
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
    expect(answer).toContain('error="invalid_token"');
  });
});

const [expired, notYet, otherApi, otherIssuer, notJwt, senderBound] = visibleKinds;
const now = () => Math.floor(Date.now() / 1000);
const [head = '', , signature = ''] = token.split('.');
const encode = (text: string): string => Buffer.from(text).toString('base64url');

/** The response and the log entry of each kind. */
const kinds: readonly (readonly [
  what: string,
  make: () => string,
  told: RegExp | undefined,
  reason: string,
])[] = [
  ['that has expired', () => makeToken(key, goodClaims({ iat: 1, exp: 2 })), expired, 'expired'],
  [
    'of the future',
    () => makeToken(key, goodClaims({ iat: now() + 900, exp: now() + 1800 })),
    notYet,
    'not_yet_valid',
  ],
  ['that begins later', () => makeToken(key, goodClaims({ nbf: now() + 900 })), notYet, 'not_yet_valid'],
  ['for another API', () => makeToken(key, goodClaims({ aud: 'urn:other' })), otherApi, 'aud'],
  ['for several others', () => makeToken(key, goodClaims({ aud: ['urn:other', 'urn:b'] })), otherApi, 'aud'],
  ['of another issuer', () => makeToken(key, goodClaims({ iss: 'https://evil.test/' })), otherIssuer, 'iss'],
  ['that is opaque', () => 'v1.MjQ1Nzc4OTA', notJwt, 'form'],
  ['that is one word', () => 'rubbish', notJwt, 'form'],
  ['that is encrypted', () => `${token}.a.b`, notJwt, 'form'],
  ['without a JSON header', () => `${encode('no json')}.${encode('{}')}.${signature}`, notJwt, 'header'],
  ['without JSON claims', () => `${head}.${encode('no json')}.${signature}`, notJwt, 'payload'],
  ['bound by DPoP', () => makeToken(key, goodClaims({ cnf: { jkt: 'x' } })), senderBound, 'cnf'],
  ['bound by mutual TLS', () => makeToken(key, goodClaims({ cnf: { 'x5t#S256': 'x' } })), senderBound, 'cnf'],
  ['bound by something new', () => makeToken(key, goodClaims({ cnf: null })), senderBound, 'cnf'],
  // Reasons that the holder cannot see, or that would help a forger, share one response.
  ['whose signature is wrong', () => `${token.slice(0, -6)}AAAAAA`, undefined, 'signature'],
  ['of an unknown key', () => makeToken(makeRsaKey('nobody')), undefined, 'key'],
  ['without a subject', () => makeToken(key, goodClaims({ sub: 7 })), undefined, 'sub'],
  ['that is an ID token', () => makeToken(key, goodClaims({ nonce: 'n' })), undefined, 'id_token'],
  [
    'that lives too long',
    () => makeToken(key, goodClaims({ exp: now() + 40 * 86_400 })),
    undefined,
    'lifetime',
  ],
];

describe('a refused token', () => {
  it.each(kinds)(
    '%s has its reason in the challenge and in the detail if its holder can see it',
    async (...kind) => {
      const [, makeBad, told, reason] = kind;
      const answer = await call(world.url, makeBad());
      const [, description] = /error_description="([^"]*)"/.exec(answer.challenge ?? '') ?? [];
      expect({ status: answer.status, code: answer.code }).toEqual({ status: 401, code: 'invalid_token' });
      expect(world.app.verdicts.at(-1)).toEqual({ outcome: 'invalid_token', reason });
      if (told) expect(description).toMatch(told);
      else expect(answer.challenge).toBe(`Bearer realm="gatehouse", error="invalid_token", ${metadata}`);
      expect(answer.body).toEqual({
        code: 'invalid_token',
        detail: description ?? ERROR_TABLE.invalid_token.advice,
      });
    },
  );

  it('never contains the expected value', async () => {
    for (const [, makeBad] of kinds) {
      const { challenge = '', body } = await call(world.url, makeBad());
      const told = JSON.stringify(body) + challenge.replace(metadata, '');
      for (const expected of [audience, issuer, clientId]) expect(told).not.toContain(expected);
    }
  });
});

describe('a guard, when it is created', () => {
  it('names the scopes of its row to a caller without credentials', () => {
    const { noCredentials } = toChallenges(
      { scopes: ['a', 'b'], anyScope: ['c'] },
      'https://gateway.test',
      '/x',
    );
    expect(noCredentials['WWW-Authenticate']).toMatch(
      /^Bearer realm="gatehouse", resource_metadata="[^"]+", scope="a b c"$/,
    );
  });

  it('refuses a rule that would make its challenge invalid', () => {
    expect(() => make({ scopes: ['a"b'] }, '/x')).toThrow(TypeError);
    expect(() => make({ acr: ['a\r\nSet-Cookie: x'] }, '/x')).toThrow(TypeError);
  });

  it.each([
    ['/v1/things/{id}', '/v1/things'],
    ['/v1/things/{id}/parts', '/v1/things'],
    ['/api/files/*', '/api/files'],
    ['/*', ''],
  ])('on %s names the metadata of %s, which never changes', (path, stable) => {
    const { noCredentials } = toChallenges({}, 'https://gateway.test', path);
    expect(noCredentials['WWW-Authenticate']).toBe(
      `Bearer realm="gatehouse", resource_metadata="https://gateway.test/.well-known/oauth-protected-resource${stable}"`,
    );
  });
});
