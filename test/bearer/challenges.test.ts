import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBearerGuard } from '../../src/bearer/bearer-guard.ts';
import { toChallenges } from '../../src/bearer/challenges.ts';
import type { GuardRule } from '../../src/http/route.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { call } from './support/call.ts';
import { sendRaw } from './support/raw-request.ts';
import { audience, clientId, goodClaims, makeRsaKey, makeToken } from './support/signer.ts';
import { startWorld, type World } from './support/world.ts';

const key = makeRsaKey('k1');
const metadata = 'resource_metadata="https://gateway.test/.well-known/oauth-protected-resource/open"';
const token = makeToken(key);
let world: World;

const make = (rule: GuardRule, path: string): unknown =>
  createBearerGuard({
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

  it('is also one whose scheme is not ours', async () => {
    for (const header of ['Basic dXNlcjpwYXNz', 'Basic', 'DPoP abc', 'Bearers abc', 'Negotiate', token]) {
      const answer = await call(world.url, undefined, header);
      expect(answer.status, header).toBe(401);
      expect(answer.challenge).toBe(`Bearer realm="gatehouse", ${metadata}`);
    }
  });

  it('is also one that has its token in the query, in a cookie or in another header', async () => {
    expect((await call(`${world.url}?access_token=${token}`)).code).toBe('unauthenticated');
    const answer = await sendRaw(world.url, [
      `Cookie: access_token=${token}`,
      `X-Access-Token: ${token}`,
      `Proxy-Authorization: Bearer ${token}`,
    ]);
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
    expect(answer).not.toContain('error=');
  });

  it('is judged on its header where it has a token in the query as well', async () => {
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

  it('with bytes beyond ASCII is a refused token, not an error of ours', async () => {
    const answer = await sendRaw(world.url, [`Authorization: Bearer ${token}\xe9`]);
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
    expect(answer).toContain('error="invalid_token"');
  });
});

describe('a refused token', () => {
  it('is told nothing of the reason, which goes to the log', async () => {
    const reasons = {
      iss: { iss: 'https://evil.test/' },
      aud: { aud: 'urn:other' },
      expired: { iat: 1, exp: 2 },
      sub: { sub: 7 },
    };
    const answers = new Set<string>();
    for (const [reason, changes] of Object.entries(reasons)) {
      const answer = await call(world.url, makeToken(key, goodClaims(changes)));
      answers.add(JSON.stringify(answer));
      expect(world.app.verdicts.at(-1)).toEqual({ outcome: 'invalid_token', reason });
    }
    expect([...answers]).toEqual([
      JSON.stringify({
        status: 401,
        code: 'invalid_token',
        challenge: `Bearer realm="gatehouse", error="invalid_token", ${metadata}`,
        body: { code: 'invalid_token', detail: 'The access token is not valid.' },
      }),
    ]);
  });
});

describe('a guard, when it is made', () => {
  it('refuses a rule that would break its challenge', () => {
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
