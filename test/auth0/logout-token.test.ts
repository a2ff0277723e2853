import { generateKeyPairSync } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import { expect, it } from 'vitest';
import { createLogoutTokenVerifier } from '../../src/auth0/logout-token.ts';
import { GatewayError } from '../../src/errors.ts';
import { createTravelClock, nowS } from '../../src/lib/clock.ts';

const issuer = 'https://acme.eu.auth0.com/';
const clientId = 'web-app';
const clock = createTravelClock();
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const event = 'http://schemas.openid.net/event/backchannel-logout';

const verify = createLogoutTokenVerifier({
  issuer,
  clientId,
  findKey: (kid) => (kid === 'one' ? publicKey : undefined),
  clock,
});

const claims = (): JWTPayload => ({
  iss: issuer,
  aud: clientId,
  iat: nowS(clock),
  exp: nowS(clock) + 120,
  jti: 'a1',
  sub: 'auth0|1',
  sid: 's1',
  events: { [event]: {} },
});
const sign = (payload: JWTPayload, header: Record<string, string> = {}, key = privateKey) =>
  new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'one', ...header }).sign(key);
const without = (...names: string[]): JWTPayload =>
  Object.fromEntries(Object.entries(claims()).filter(([name]) => !names.includes(name)));

it.each([undefined, 'JWT', 'logout+jwt'])('a sound token names the session, typ %s', async (typ) => {
  const token = await sign(claims(), typ === undefined ? {} : { typ });
  expect(await verify(token)).toEqual({ jti: 'a1', sub: 'auth0|1', sid: 's1' });
});

it('a token with only sub, or only sid, is valid', async () => {
  expect(await verify(await sign(without('sid')))).toMatchObject({ sub: 'auth0|1', sid: undefined });
  expect(await verify(await sign(without('sub')))).toMatchObject({ sub: undefined, sid: 's1' });
});

it.each<[string, () => Promise<string>]>([
  ['a nonce', () => sign({ ...claims(), nonce: 'n' })],
  ['the typ of an access token', () => sign(claims(), { typ: 'at+jwt' })],
  ['no events', () => sign(without('events'))],
  ['another event', () => sign({ ...claims(), events: { 'http://x.test/': {} } })],
  ['an event that is no object', () => sign({ ...claims(), events: { [event]: true } })],
  ['no jti', () => sign(without('jti'))],
  ['no iat', () => sign(without('iat'))],
  ['no exp', () => sign(without('exp'))],
  ['an exp that is no number', () => sign({ ...claims(), exp: `${nowS(clock) + 120}` as unknown as number })],
  ['an iat of long ago', () => sign({ ...claims(), iat: nowS(clock) - 3600 })],
  ['an iat to come', () => sign({ ...claims(), iat: nowS(clock) + 3600 })],
  ['neither sub nor sid', () => sign(without('sub', 'sid'))],
  ['another issuer', () => sign({ ...claims(), iss: 'https://evil.test/' })],
  ['another audience', () => sign({ ...claims(), aud: 'another' })],
  ['an end that is past', () => sign({ ...claims(), exp: nowS(clock) - 120 })],
  ['the signature of another key', () => sign(claims(), {}, stranger)],
  ['a key that is not known', () => sign(claims(), { kid: 'two' })],
  ['no form at all', () => Promise.resolve('a.b.c')],
])('a token with %s is refused', async (_, make) => {
  const token = await make();
  const refusal = await verify(token).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(GatewayError);
  expect(refusal).toMatchObject({ code: 'invalid_request' });
});

it('missing keys are an outage, not an invalid token', async () => {
  const unavailable = createLogoutTokenVerifier({
    issuer,
    clientId,
    findKey: () => Promise.reject(new GatewayError('tenant_unavailable')),
    clock,
  });
  await expect(unavailable(await sign(claims()))).rejects.toMatchObject({ code: 'tenant_unavailable' });
});
