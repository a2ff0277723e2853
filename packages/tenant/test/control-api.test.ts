import { afterAll, beforeAll, expect, it } from 'vitest';
import type { InboxMessage } from '../src/control/control-rows.ts';
import { type Shell, startShell } from './control-harness.ts';

const messages: InboxMessage[] = [
  {
    to: 'a@example.com',
    kind: 'verify_email',
    subject: 'Verify',
    link: 'http://localhost/x',
    at: '2030-01-01T00:00:00.000Z',
  },
  { to: 'b@example.com', kind: 'mfa_code', subject: 'Code', code: '123456', at: '2030-01-01T00:00:01.000Z' },
];
const inbox = {
  list: ({ to }: { readonly to?: string }) =>
    messages
      .filter((message) => to === undefined || message.to === to)
      .map((message) => ({ ...message, id: 'internal', secret: 'internal' })),
};
let keyIds = ['one', 'two'];
const keys = {
  list: () =>
    keyIds.map((kid, index) => ({ kid, state: index === 0 ? 'current' : 'next', privatePem: 'internal' })),
  rotate: async () => {
    keyIds = [...keyIds.slice(1), `new-${keyIds.length}`];
  },
  remove: async (kid: string) => {
    const found = keyIds.includes(kid);
    keyIds = keyIds.filter((other) => other !== kid);
    return found;
  },
};
const revoked: string[] = [];
const revokeUser = (id: string): boolean => {
  if (id === 'auth0|broken') throw new Error('internal detail');
  if (id !== 'auth0|known') return false;
  revoked.push(id);
  return true;
};

let shell: Shell;

beforeAll(async () => {
  shell = await startShell({ inbox, keys, revokeUser });
});
afterAll(() => shell.close());

it('the inbox lists all messages oldest first, with its public fields only', async () => {
  const { status, headers, body } = await shell.call('GET', '/_tenant/inbox');
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(body).toEqual(messages);
});

it('the inbox can be limited to one recipient', async () => {
  const { body } = await shell.call('GET', '/_tenant/inbox?to=b%40example.com');
  expect(body).toEqual([messages[1]]);
});

it.each(['?to=a&to=b', '?to[x]=1', '?from=x', `?to=${'x'.repeat(400)}`])(
  'the inbox refuses %.20s',
  async (query) => {
    const { status, body } = await shell.call('GET', `/_tenant/inbox${query}`);
    expect(status).toBe(400);
    expect(body).toEqual({ error: 'invalid_request', message: expect.any(String) });
  },
);

it('the clock moves forward by the requested time, and the response states the offset', async () => {
  const before = await shell.call('GET', '/_tenant/clock');
  const first = await shell.call('POST', '/_tenant/clock', { offset_s: 3600 });
  const second = await shell.call('POST', '/_tenant/clock', { offset_s: 60.5 });
  expect([before.body.offset_s, first.body.offset_s, second.body.offset_s]).toEqual([0, 3600, 3660.5]);
  expect(second.body.note).toContain('Other processes keep the machine time');
  expect(shell.clock.offsetS).toBe(3660.5);
  expect(Date.parse(second.body.now) - Date.parse(before.body.now)).toBeGreaterThanOrEqual(3_660_000);
});

it.each([
  { offset_s: -1 },
  { offset_s: '5' },
  { offset_s: null },
  {},
  { offset_s: 1, x: 1 },
  { offset_s: 1e12 },
  '[]',
  '{"offset_s":1e999}',
  '{',
  'null',
  '5',
])('%j does not move the clock', async (body) => {
  const offset = shell.clock.offsetS;
  const answer = await shell.call('POST', '/_tenant/clock', body);
  expect(answer.status).toBe(400);
  expect(answer.body.error).toBe('invalid_request');
  expect(shell.clock.offsetS).toBe(offset);
});

it('the sum of all changes cannot exceed a hundred years', async () => {
  const century = 100 * 365 * 24 * 3600;
  const far = await startShell();
  expect((await far.call('POST', '/_tenant/clock', { offset_s: century })).status).toBe(200);
  expect((await far.call('POST', '/_tenant/clock', { offset_s: 1 })).status).toBe(400);
  expect((await far.call('GET', '/_tenant/clock')).status).toBe(200);
  await far.close();
});

it('keys are rotated, listed without their private parts, and revoked', async () => {
  const rotated = await shell.call('POST', '/_tenant/keys/rotate', {});
  expect(rotated.body).toEqual({
    keys: [
      { kid: 'two', state: 'current' },
      { kid: 'new-2', state: 'next' },
    ],
  });
  const removed = await shell.call('DELETE', '/_tenant/keys/new-2', {});
  expect(removed.body).toEqual({ keys: [{ kid: 'two', state: 'current' }] });
  const unknown = await shell.call('DELETE', '/_tenant/keys/new-2', {});
  expect([unknown.status, unknown.body.error]).toEqual([404, 'not_found']);
});

it('a user is revoked by the encoded id, an unknown one is 404', async () => {
  const known = await shell.call('POST', '/_tenant/users/auth0%7Cknown/revoke', {});
  expect([known.status, known.body]).toEqual([200, { user_id: 'auth0|known', revoked: true }]);
  expect(revoked).toEqual(['auth0|known']);
  expect((await shell.call('POST', '/_tenant/users/auth0%7Cnobody/revoke', {})).status).toBe(404);
});

it('an internal error answers 500 without details', async () => {
  const { status, body } = await shell.call('POST', '/_tenant/users/auth0%7Cbroken/revoke', {});
  expect(status).toBe(500);
  expect(JSON.stringify(body)).not.toContain('internal detail');
  expect(body.error).toBe('internal');
});

const changes = [
  ['POST', '/_tenant/clock'],
  ['PUT', '/_tenant/faults'],
  ['POST', '/_tenant/keys/rotate'],
  ['DELETE', '/_tenant/keys/two'],
  ['POST', '/_tenant/users/auth0%7Cknown/revoke'],
] as const;

it.each(changes)('%s %s needs a JSON body', async (method, path) => {
  const keysBefore = [...keyIds];
  const types = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
  ];
  for (const type of types) {
    const { status, body } = await shell.call(method, path, '{}', { 'content-type': type });
    expect([status, body.error]).toEqual([415, 'unsupported_media_type']);
  }
  expect((await shell.call(method, path)).status).toBe(415);
  expect(keyIds).toEqual(keysBefore);
});

it('a body that is not UTF-8 JSON is refused with a specific error', async () => {
  const type = { 'content-type': 'application/json; charset=shift_jis' };
  expect((await shell.call('POST', '/_tenant/clock', '{}', type)).status).toBe(415);
  const big = `{"offset_s":1,"x":"${'x'.repeat(2_000_000)}"}`;
  const { status, body } = await shell.call('POST', '/_tenant/clock', big);
  expect([status, body.error]).toEqual([413, 'body_too_large']);
});

it('unknown operations are 404, known ones by another method 405 with Allow', async () => {
  const unknown = await shell.call('GET', '/_tenant/nothing');
  expect([unknown.status, unknown.body.error]).toEqual([404, 'not_found']);
  const other = await shell.call('DELETE', '/_tenant/clock', {});
  expect([other.status, other.body.error]).toEqual([405, 'method_not_allowed']);
  expect(other.headers.get('allow')).toBe('GET, POST, HEAD');
});

it('a path that cannot be decoded is 400', async () => {
  expect((await shell.call('DELETE', '/_tenant/keys/%E0%A4%A', {})).status).toBe(400);
});
