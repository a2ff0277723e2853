import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBrowser } from '../support/browser.ts';
import { directory } from '../support/seed.ts';
import { startTestTenant, type TestTenant } from '../support/start-test-tenant.ts';
import { consoleSeed, hostile, pagePaths, userPath } from './console-seed.ts';
import { press } from './press.ts';

let t: TestTenant;

/** Fills every externally supplied value that the console shows with hostile text. */
beforeAll(async () => {
  t = await startTestTenant('memory', consoleSeed);
  const { log, inbox, clock } = t.tenant.context;
  const state = t.stored;
  log.record({
    type: hostile,
    description: hostile,
    user_id: hostile,
    user_name: hostile,
    client_name: hostile,
  });
  inbox.add({ to: hostile, kind: hostile, subject: hostile, code: hostile, link: hostile });
  inbox.add({ to: 'eve@example.com', kind: 'x', subject: 'x', link: 'javascript:alert(1)' });
  inbox.add({
    to: 'eve@example.com',
    kind: 'x',
    subject: 'x',
    link: 'data:text/html,<script>alert(1)</script>',
  });
  state.consents.put({
    id: hostile,
    user_id: hostile,
    client_id: 'hostile',
    audience: hostile,
    scope: [hostile],
  });
  state.browserSessions.put({
    id: 'x',
    sid: hostile,
    user_id: 'auth0|eve-id',
    connection: directory,
    amr: [],
    auth_time_ms: 0,
    last_used_ms: clock.now(),
    expires_ms: clock.now() + 1e9,
    idle_ms: 1e9,
    clients: [hostile],
  });
  state.actions.put({
    id: 'act-hostile',
    name: hostile,
    supported_triggers: [{ id: hostile, version: hostile }],
    code: `</textarea>${hostile}`,
    dependencies: [],
    secrets: [{ name: hostile, value: hostile, updated_at: hostile }],
    runtime: hostile,
    created_at: hostile,
    updated_at: hostile,
  });
  await press(createBrowser(), `${t.tenant.origin}/console/faults`, 'add', {
    method: 'POST',
    path: '<img src=x>"\'',
    kind: 'status',
    status: '503',
    body: hostile,
  });
  await t.get(`/oauth/token/${encodeURIComponent(hostile)}?a=${encodeURIComponent(hostile)}`, {
    'user-agent': hostile,
  });
});
afterAll(() => t.close());

const query = encodeURIComponent(hostile);

it.each([
  ...pagePaths,
  userPath('eve-id'),
  userPath(hostile),
  '/console/applications/hostile',
  '/console/apis/rs_hostile',
  '/console/roles/rol_hostile',
  '/console/actions/act-hostile',
  `/console/users?q=${query}`,
  `/console/inbox?to=${query}`,
  `/console/log?q=${query}`,
  `/?done=${query}`,
  '/?done=constructor',
  `/console/${query}`,
])('%s shows hostile values as text', async (path) => {
  const { status, text } = await t.get(path);
  expect([200, 404]).toContain(status);
  expect(text).not.toContain('<img');
  expect(text).not.toContain("</script>'");
  expect(text.match(/<script/g)).toHaveLength(1);
  expect(text).not.toMatch(/(?:href|action|src)="(?!https?:\/\/localhost:|\/|#|")/);
});

it('detects them: the pages do contain those values', async () => {
  for (const path of [
    '/console/log',
    '/console/inbox',
    userPath('eve-id'),
    '/console/applications',
    '/console/apis/rs_hostile',
    '/console/roles/rol_hostile',
    '/console/actions/act-hostile',
    '/console/consents',
  ])
    expect((await t.get(path)).text, path).toContain('&quot;&gt;&lt;img src=x');
  expect((await t.get('/console/inbox')).text).toContain('javascript:alert(1)');
});

it('submitted values are shown as text too', async () => {
  const page = await press(createBrowser(), `${t.tenant.origin}/console/users`, 'create', {
    email: hostile,
    password: hostile,
    connection: directory,
  });
  expect(page.status).toBe(400);
  expect(page.text).not.toContain('<img');
  const data = await press(createBrowser(), `${t.tenant.origin}/console/data`, 'import', {
    export: `</textarea>${hostile}`,
  });
  expect(data.status).toBe(400);
  expect(data.text).not.toContain('<img');
});
