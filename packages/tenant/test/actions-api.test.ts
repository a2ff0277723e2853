import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from '../../../test/support/folder.ts';
import { createBrowser, locationOf } from './support/browser.ts';
import { browserSeed } from './support/browser-seed.ts';
import { api, testSeed } from './support/seed.ts';
import { answerOf, signInBy } from './support/sign-in-flow.ts';
import {
  claimsOf,
  startTestTenant,
  type TestTenant,
  type TestTenantOptions,
  textOf,
} from './support/start-test-tenant.ts';

const postLogin = 'post-login';

/** Code of Actions by name, each bound to its trigger in this order. */
type Code = Readonly<Record<string, string>>;

/** Writes a tree of auth0-deploy-cli in which every Action has one trigger. */
function writeTree(root: string, trigger: string, code: Code): void {
  mkdirSync(join(root, 'actions'), { recursive: true });
  mkdirSync(join(root, 'triggers'), { recursive: true });
  for (const [name, text] of Object.entries(code)) {
    writeFileSync(join(root, 'actions', `${name}.js`), text);
    const action = {
      name,
      code: `./actions/${name}.js`,
      secrets: [{ name: 'KEY', value: '_VALUE_NOT_SHOWN_' }],
      supported_triggers: [{ id: trigger, version: 'v3' }],
    };
    writeFileSync(join(root, 'actions', `${name}.json`), JSON.stringify(action));
  }
  const bindings = Object.keys(code).map((action_name) => ({ action_name }));
  writeFileSync(join(root, 'triggers/triggers.json'), JSON.stringify({ [trigger]: bindings }));
}

const onLogin = (body: string) => `exports.onExecutePostLogin = async (event, api) => { ${body} };`;

describe('Actions', () => {
  let t: TestTenant | undefined;
  afterEach(async () => {
    await t?.close();
    t = undefined;
  });

  async function start(
    code: Code,
    trigger = postLogin,
    options: TestTenantOptions = {},
    seed: object = testSeed,
  ) {
    const root = makeFolder();
    writeTree(root, trigger, code);
    t = await startTestTenant(
      'memory',
      { ...seed, actions: { folder: root, secrets: { KEY: 'hush' } } },
      options,
    );
    return { t, root };
  }
  const login = ({ t: tenant }: { t: TestTenant }, more: object = {}) =>
    tenant.signIn('strict', { scope: 'openid offline_access', audience: api, ...more });

  it('run in order, and reserved claims are dropped', async () => {
    const world = await start({
      first:
        onLogin(`api.idToken.setCustomClaim('sub', 'x'); api.idToken.setCustomClaim('https://a.example/n', 1);
        api.accessToken.setCustomClaim('roles', ['r']); api.accessToken.setCustomClaim('plan', event.secrets.KEY);
        api.user.setAppMetadata('seen', 1);`),
      second: onLogin(`api.idToken.setCustomClaim('https://a.example/seen', event.user.app_metadata.seen);`),
    });
    const answer = await login(world);
    const id = claimsOf(answer, 'id_token');
    expect(id).toMatchObject({ sub: 'auth0|ann-id', 'https://a.example/n': 1, 'https://a.example/seen': 1 });
    expect(claimsOf(answer)).toMatchObject({ plan: 'hush' });
    expect(claimsOf(answer)).not.toHaveProperty('roles');
    expect(world.t.stored.users.get('auth0|ann-id')?.app_metadata).toEqual({ seen: 1 });
  });

  it.each([
    ['an error', `throw new Error('no database')`, 'no database'],
    ['an endless loop', 'for (;;);', 'The Action only has not ended within its time limit.'],
    [
      'a promise that never settles',
      'await new Promise(() => {})',
      'The Action only has not ended within its time limit.',
    ],
    [
      'an end of the process',
      'process.exit(0)',
      'The process of the Actions has ended. It may have used more than 128 MB of memory.',
    ],
  ])('%s in an Action denies the sign-in, and the next one runs again', async (_name, body, message) => {
    const world = await start({ only: onLogin(`if (event.request.body.fail) { ${body} }`) }, postLogin, {
      actionTimeLimitMs: 3000,
    });
    expect((await login(world)).status).toBe(200);
    const failed = await login(world, { fail: 'yes' });
    expect([failed.status, failed.json]).toEqual([
      500,
      { error: 'access_denied', error_description: message },
    ]);
    expect((await login(world)).status).toBe(200);
  });

  it('see no environment variables, read no files and start no processes', async () => {
    const world = await start({
      only: onLogin(`const failed = (work) => { try { work(); return 'done'; } catch (error) { return error.code; } };
        console.log('env', Object.keys(process.env).filter((name) => name !== 'NODE_CHANNEL_FD').length);
        console.log(failed(() => require('node:fs').readFileSync('package.json')));
        console.log(failed(() => require('node:child_process').execSync('true')));
        console.log(typeof require('jose').jwtVerify);`),
    });
    expect((await login(world)).status).toBe(200);
    const [entry] = world.t.tenant.context.actions.log.list();
    expect(entry?.console.map(({ text }) => text)).toEqual([
      'env 0',
      'ERR_ACCESS_DENIED',
      'ERR_ACCESS_DENIED',
      'function',
    ]);
  });

  it('are deployed again when their folder changes', async () => {
    const world = await start({ only: onLogin(`api.access.deny('first')`) });
    expect((await login(world)).json['error_description']).toBe('first');
    writeTree(world.root, postLogin, { only: onLogin(`api.access.deny('second')`) });
    await expect
      .poll(async () => (await login(world)).json['error_description'], { timeout: 20_000 })
      .toBe('second');
  });

  it('stay deployed when their folder has an error, with a warning', async () => {
    const world = await start({ only: onLogin(`api.access.deny('first')`) });
    writeFileSync(join(world.root, 'triggers/triggers.json'), '{');
    await expect.poll(() => world.t.warnings.join(), { timeout: 20_000 }).toContain('triggers.json');
    expect((await login(world)).json['error_description']).toBe('first');
  });

  it('from the Management API are not run with remote access', async () => {
    const world = await start({ only: onLogin(`api.access.deny('folder')`) }, postLogin, {
      allowRemote: true,
    });
    expect((await login(world)).json['error_description']).toBe('folder');
    const [action] = world.t.stored.actions.list();
    if (!action?.deployed_version) throw new Error('not deployed');
    const deployed_version = { ...action.deployed_version, code: onLogin('') };
    world.t.stored.actions.put({ ...action, deployed_version });
    const refused = await login(world);
    expect(refused.status).toBe(500);
    expect(refused.json['error_description']).toContain('with remote access');
  });

  it('change scopes, and share cached values until they expire', async () => {
    const world = await start({
      only: onLogin(`const known = api.cache.get('k'); api.cache.set('k', 'v', { ttl: 60000 });
        console.log(known ? known.value : 'none');
        api.accessToken.removeScope('offline_access'); api.accessToken.addScope('extra');`),
    });
    const answer = await login(world);
    expect(answer.json['scope']).toBe('openid extra');
    expect(answer.json).not.toHaveProperty('refresh_token');
    await login(world);
    world.t.clock.offsetS += 61;
    await login(world);
    const lines = world.t.tenant.context.actions.log.list().flatMap((entry) => entry.console);
    expect(lines.map(({ text }) => text)).toEqual(['none', 'v', 'none']);
  });

  it('revoke a refresh token with 403, which ends its family', async () => {
    const world = await start({
      only: onLogin(`if (event.refresh_token) api.refreshToken.revoke('stolen')`),
    });
    const refresh_token = textOf(await login(world), 'refresh_token');
    const refused = await world.t.token('strict', { grant_type: 'refresh_token', refresh_token });
    expect([refused.status, refused.json]).toEqual([
      403,
      { error: 'access_denied', error_description: 'stolen' },
    ]);
    expect(world.t.logTypes()).toContain('srrt');
    expect(world.t.stored.refreshFamilies.list().every(({ revoked }) => revoked)).toBe(true);
  });

  it('of credentials-exchange add claims and deny with their code', async () => {
    const handler = 'exports.onExecuteCredentialsExchange = async (event, api) => {';
    const world = await start(
      {
        only: `${handler} if (event.request.body.bad) api.access.deny('invalid_scope', 'no'); else api.accessToken.setCustomClaim('https://a.example/c', event.client.client_id); };`,
      },
      'credentials-exchange',
    );
    const ask = (more: object) =>
      world.t.token('machine', { grant_type: 'client_credentials', audience: api, ...more });
    expect(claimsOf(await ask({}))['https://a.example/c']).toBe('machine');
    const refused = await ask({ bad: '1' });
    expect([refused.status, refused.json]).toEqual([
      400,
      { error: 'invalid_scope', error_description: 'no' },
    ]);
  });
});

describe('an Action that redirects', () => {
  let t: TestTenant;
  beforeAll(async () => {
    const root = makeFolder();
    writeTree(root, postLogin, {
      ask: `exports.onExecutePostLogin = async (event, api) => {
          if (!api.redirect.canRedirect()) return api.access.deny('no page');
          const sessionToken = api.redirect.encodeToken({ secret: 's', payload: { ask: 'colour' } });
          api.redirect.sendUserTo('http://localhost:4778/ask', { query: { session_token: sessionToken } });
        };
        exports.onContinuePostLogin = async (event, api) => {
          const answer = api.redirect.validateToken({ secret: 's', tokenParameterName: 'answer' });
          api.idToken.setCustomClaim('https://a.example/colour', answer.colour);
        };`,
      after: onLogin(`console.log('after')`),
    });
    t = await startTestTenant('memory', { ...browserSeed, actions: root });
  });
  afterAll(() => t.close());
  let browser: ReturnType<typeof createBrowser>;
  beforeEach(() => {
    browser = createBrowser();
  });

  const toPayload = (token: string | null) =>
    JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

  it('continues after the redirect, with the parameters that the page sent', async () => {
    const { SignJWT } = await import('jose');
    const away = locationOf(await signInBy(browser, t, { response_type: 'id_token', nonce: 'n' }));
    expect(`${away.origin}${away.pathname}`).toBe('http://localhost:4778/ask');
    const state = away.searchParams.get('state') ?? '';
    const asked = toPayload(away.searchParams.get('session_token'));
    expect(asked).toMatchObject({ sub: 'auth0|ann-id', ask: 'colour' });
    const sign = (secret: string) =>
      new SignJWT({ ...asked, state, colour: 'blue' })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(Buffer.from(secret));
    const back = async (answer: string) => {
      const query = new URLSearchParams({ state, answer });
      return browser.open(`${t.tenant.origin}/continue?${query.toString()}`);
    };
    const done = await back(await sign('s'));
    expect(toPayload(answerOf(done)['id_token'] ?? null)).toMatchObject({
      'https://a.example/colour': 'blue',
    });
    expect(t.tenant.context.actions.log.list().map(({ action, outcome }) => [action, outcome])).toEqual([
      ['ask', 'paused'],
      ['ask', 'passed'],
      ['after', 'passed'],
    ]);
    expect((await back(await sign('s'))).status).toBe(400);
  });

  it('denies the sign-in if the token is signed with another secret', async () => {
    const away = locationOf(await signInBy(browser, t));
    const state = away.searchParams.get('state') ?? '';
    const [header, body] = (away.searchParams.get('session_token') ?? '').split('.');
    const page = await browser.post(`${t.tenant.origin}/continue`, {
      state,
      answer: `${header}.${body}.AAAA`,
    });
    const end = await browser.open(locationOf(page));
    expect(answerOf(end)).toMatchObject({
      error: 'access_denied',
      error_description: 'The session token is invalid: invalid signature',
    });
  });

  it('answers prompt=none with interaction_required, and a wrong state with an error page', async () => {
    await signInBy(browser, t);
    expect(answerOf(await signInBy(browser, t, { prompt: 'none' }))['error']).toBe('interaction_required');
    expect((await browser.open(`${t.tenant.origin}/continue?state=nothing`)).status).toBe(400);
  });
});

it('a seed whose folder of Actions does not exist is refused', async () => {
  await expect(startTestTenant('memory', { ...testSeed, actions: './nowhere' })).rejects.toThrow(
    /cannot be read/,
  );
});
