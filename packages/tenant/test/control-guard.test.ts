import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Shell, startShell } from './control-harness.ts';

const canary = 'canary-code-271828';
const message = {
  to: 'a@example.com',
  kind: 'mfa_code',
  subject: 's',
  code: canary,
  at: '2030-01-01T00:00:00.000Z',
};
const inbox = { list: () => [message] };

let shell: Shell;
let remote: Shell;

beforeAll(async () => {
  [shell, remote] = await Promise.all([startShell({ inbox }), startShell({ inbox }, { allowRemote: true })]);
});
afterAll(async () => {
  await Promise.all([shell.close(), remote.close()]);
});

const ask = (at: Shell, lines: readonly string[], host = `localhost:${at.port}`, verb = 'GET') =>
  at.raw(
    [`${verb} /_tenant/inbox HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...lines, '', ''].join('\r\n'),
  );

it('a request without browser headers can read the inbox', async () => {
  expect(await ask(shell, [])).toContain(canary);
});

it.each([
  ['its own Origin', () => `Origin: http://localhost:${shell.port}`],
  ['a typed address', () => 'Sec-Fetch-Site: none'],
  ['a page of its own', () => 'Sec-Fetch-Site: same-origin'],
])('%s is accepted', async (_what, line) => {
  expect(await ask(shell, [line()])).toContain(canary);
});

it.each([
  ['a foreign Origin', () => 'Origin: https://evil.example'],
  ['an opaque Origin', () => 'Origin: null'],
  ['an empty Origin', () => 'Origin:'],
  ['another port of localhost', () => 'Origin: http://localhost:3000'],
  ['another name of loopback', () => `Origin: http://127.0.0.1:${shell.port}`],
  ['the other scheme', () => `Origin: https://localhost:${shell.port}`],
  ['an Origin that begins like its own', () => `Origin: http://localhost:${shell.port}.evil.example`],
  ['two Origins', () => `Origin: http://localhost:${shell.port}\r\nOrigin: https://evil.example`],
  ['a cross-site request', () => 'Sec-Fetch-Site: cross-site'],
  ['a same-site request', () => 'Sec-Fetch-Site: same-site'],
  ['an unknown site', () => 'Sec-Fetch-Site: whatever'],
  ['two sites', () => 'Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site'],
])('%s is refused, reading included', async (_what, line) => {
  for (const verb of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
    const answer = await ask(shell, [line()], undefined, verb);
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer).not.toContain(canary);
    expect(answer.toLowerCase()).not.toContain('access-control-allow');
    if (verb === 'GET') expect(answer).toContain('"error":"forbidden_origin"');
  }
});

it('a DNS rebinding name is refused by the Host guard first', async () => {
  const host = `evil.example:${shell.port}`;
  const answer = await ask(shell, [`Origin: http://${host}`, 'Sec-Fetch-Site: same-origin'], host);
  expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  expect(answer).not.toContain(canary);
});

it('other spellings of the path do not bypass the guard', async () => {
  for (const path of [
    '/_TENANT/inbox',
    '/_tenant/inbox/',
    '//_tenant/inbox',
    '/_tenant//inbox',
    '/x/../_tenant/inbox',
  ]) {
    const answer = await shell.raw(
      `GET ${path} HTTP/1.1\r\nHost: localhost:${shell.port}\r\nOrigin: https://evil.example\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).not.toContain(canary);
  }
});

it('a tenant for a demo network accepts single-label names and IP addresses, and refuses public DNS names', async () => {
  for (const host of ['tenant:4400', '192.168.1.7:4400', '[fd00::1]:4400', `localhost:${remote.port}`]) {
    expect(await ask(remote, [], host)).toContain(canary);
  }
  for (const host of [
    'evil.example:4400',
    'evil.example',
    '127.0.0.1.evil.example',
    'tenant.',
    '1.2.3:4400',
  ]) {
    const answer = await ask(remote, [], host);
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer).toContain('"error":"forbidden_host"');
  }
  expect(await ask(remote, ['Origin: https://evil.example'], 'tenant:4400')).toMatch(/^HTTP\/1\.1 403 /);
});
