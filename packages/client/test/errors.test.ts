import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../../../test/support/world.ts';
import { useClient } from './support/build-client.ts';
import type { Refusal } from './support/client-stage.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- built while the test runs, so that no types are there yet
let library: any;
beforeAll(async () => {
  library = await import(path.join((await useClient()).folder, 'index.js'));
});

/** The error of a call, if it is an error of the client. */
async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  const error = await call.then(
    () => expect.fail('the call was answered'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(library.GatehouseError);
  return error as Refusal;
}

/** The error of a call with this response. */
const refusalBy = (answer: () => Response): Promise<Refusal> =>
  refusalOf(
    library
      .createGatehouse({ baseUrl: 'http://gateway.example', fetch: () => Promise.resolve(answer()) })
      .signIn({ email: 'ada@example.com', password: 'x' }),
  );

const problem = (members: object, headers: Record<string, string> = {}): Response =>
  new Response(JSON.stringify({ code: 'tenant_unavailable', detail: 'Wait.', ...members }), {
    status: 503,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  });

describe('a response that is not a problem of the gateway', () => {
  it.each([
    ['a page of a proxy', () => new Response('<h1>Bad gateway</h1>', { status: 502 }), 502],
    ['nothing', () => new Response(null, { status: 503 }), 503],
    ['JSON without a code', () => Response.json({ error: 'x' }, { status: 400 }), 400],
    [
      'a problem of somebody else',
      () =>
        new Response('{"title":"x"}', {
          status: 500,
          headers: { 'Content-Type': 'application/problem+json' },
        }),
      500,
    ],
    [
      'a problem that was cut off',
      () =>
        new Response('{"code":', { status: 500, headers: { 'Content-Type': 'application/problem+json' } }),
      500,
    ],
    ['a page instead of JSON', () => new Response('<h1>Welcome to the hotel</h1>'), 200],
  ])('%s is unexpected_response', async (_what, answer, status) => {
    const refusal = await refusalBy(answer);
    expect(refusal).toMatchObject({ code: 'unexpected_response', status });
    expect(refusal.problem).toBeUndefined();
  });

  it('is network_error without a response, with its cause', async () => {
    const { createGatehouse } = library;
    const refusal = await refusalOf(createGatehouse({ baseUrl: 'http://127.0.0.1:1' }).session());
    expect(refusal).toMatchObject({ code: 'network_error', status: 0, cause: expect.any(TypeError) });
  });
});

describe('the time to wait', () => {
  it.each([
    ['the problem', () => problem({ retry_after: 7 }, { 'Retry-After': '9' }), 7],
    ['Retry-After in seconds', () => problem({}, { 'Retry-After': '9' }), 9],
    [
      'Retry-After as a date that is past',
      () => problem({}, { 'Retry-After': 'Wed, 21 Oct 2015 07:28:00 GMT' }),
      0,
    ],
    ['nobody', () => problem({}), undefined],
    ['nobody in words', () => problem({}, { 'Retry-After': 'soon' }), undefined],
  ])('is read from %s', async (_who, answer, retryAfterS) => {
    expect((await refusalBy(answer)).retryAfterS).toBe(retryAfterS);
  });

  it('is computed from a future date in whole seconds', async () => {
    const at = new Date(Date.now() + 60_000).toUTCString();
    const { retryAfterS = 0 } = await refusalBy(() => problem({}, { 'Retry-After': at }));
    expect(retryAfterS).toBeGreaterThan(30);
    expect(retryAfterS).toBeLessThanOrEqual(60);
  });

  describe('at a gateway with limits', () => {
    let world: World;
    beforeAll(async () => {
      world = await startWorld();
    });
    afterAll(() => world.close());

    it('is set when too many wrong passwords are refused', async () => {
      const gatehouse = library.createGatehouse({ baseUrl: world.url });
      const tryOnce = () => refusalOf(gatehouse.signIn({ email: 'eve@example.com', password: 'wrong' }));
      let refusal = await tryOnce();
      for (let i = 0; i < 20 && refusal.code === 'invalid_credentials'; i++) refusal = await tryOnce();
      expect(refusal).toMatchObject({ code: 'too_many_attempts', status: 429 });
      expect(refusal.retryAfterS).toBeGreaterThan(0);
      expect(refusal.problem.retry_after).toBe(refusal.retryAfterS);
    });
  });
});

describe('a client without a browser', () => {
  it('is created without a request', () => {
    expect(() => library.createGatehouse()).not.toThrow();
    expect(() => library.createGatehouse({ baseUrl: 'https://auth.example.com/' })).not.toThrow();
  });
});
