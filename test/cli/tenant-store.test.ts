import { cpSync, statSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { confirm } from '../../src/cli/confirm.ts';
import { makeFolder, runCli } from './support/run-cli.ts';
import { startTenant } from './support/tenant.ts';

// Each test runs several programs in sequence.
vi.setConfig({ testTimeout: 120_000 });

const seed = `
clients: [{ client_id: shop, client_secret: a-known-secret, grant_types: [password] }]
users: [{ user_id: ada, email: ada@example.com, password: Canary-Horse-9-battery }]
`;

const tenant = (cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runCli(['tenant', ...args], { cwd, env });

async function signIn(origin: string, password = 'Canary-Horse-9-battery'): Promise<number> {
  const body = new URLSearchParams({
    client_id: 'shop',
    client_secret: 'a-known-secret',
    grant_type: 'password',
    username: 'ada@example.com',
    password,
  });
  return (await fetch(`${origin}/oauth/token`, { method: 'POST', body })).status;
}

/** Exports into a file of the folder, and returns its text. */
async function exportTo(file: string, cwd: string, ...args: string[]): Promise<string> {
  const { code, stdout } = await tenant(cwd, ['export', ...args]);
  expect(code).toBe(0);
  await writeFile(path.join(cwd, file), stdout);
  return stdout;
}

async function makeTemplate() {
  const folder = makeFolder({ 'seed.yaml': seed });
  await tenant(folder, ['seed', 'seed.yaml']);
  return { folder, exported: await exportTo('tenant.json', folder) };
}
let template: ReturnType<typeof makeTemplate> | undefined;
/** A folder with a seeded tenant, and its export; created once, because each program is slow. */
const readTemplate = () => (template ??= makeTemplate());

/** A new folder with that tenant, and these files. */
async function makeSeeded(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = makeFolder(files);
  cpSync((await readTemplate()).folder, folder, { recursive: true });
  return folder;
}

describe('tenant export and import', () => {
  it('copy a tenant to another folder: byte-equal, and its users can sign in there', async () => {
    const [from, to] = [makeFolder({ 'seed.yaml': seed }), makeFolder()];
    expect(await tenant(from, ['seed', 'seed.yaml'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 users'),
    });
    const text = await exportTo('tenant.json', from);
    expect(JSON.parse(text)).toMatchObject({ gatehouse_tenant: 1, users: [{ user_id: 'auth0|ada' }] });
    const imported = await tenant(to, ['import', path.join(from, 'tenant.json'), '--json']);
    expect(imported.code).toBe(0);
    expect(JSON.parse(imported.stdout)).toMatchObject({ ok: true, users: 1, clients: 8, notes: [] });
    expect(await exportTo('again.json', to)).toBe(text);
    expect(statSync(path.join(to, 'data/tenant.db')).mode & 0o077).toBe(0);

    const running = await startTenant(to);
    expect(await signIn(running.origin)).toBe(200);
    expect(running.complaints()).toBe('');
    expect(await running.stop()).toBe(0);
    expect(await exportTo('later.json', to)).not.toContain(running.ready.domain);
  });

  it('use the running tenant, and say so', async () => {
    const cwd = makeFolder();
    const running = await startTenant(cwd);
    const exported = await tenant(cwd, ['export', '--json'], running.env);
    expect(exported.stderr).toContain('the tenant that runs at http://127.0.0.1:');
    expect(JSON.parse(exported.stdout).users).toEqual([]);
    const file = path.join((await readTemplate()).folder, 'tenant.json');
    const imported = await tenant(cwd, ['import', file], running.env);
    expect(imported).toMatchObject({ code: 0, stderr: expect.stringContaining('gatehouse') });
    expect(imported.stdout).toMatch(/Imported into the tenant that runs at .+1 users, 8 clients/s);
    expect((await tenant(cwd, ['export'], running.env)).stdout).toBe(await readFile(file, 'utf8'));
    expect(await signIn(running.origin)).toBe(200);
    await running.stop();
  });

  it('do not change a tenant with other data at the port', async () => {
    const [other, cwd] = [makeFolder(), makeFolder({ 'seed.yaml': seed })];
    const running = await startTenant(other);
    const { code, stdout } = await tenant(cwd, ['seed', 'seed.yaml'], running.env);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining(cwd) });
    expect(await signIn(running.origin)).toBe(401);
    await running.stop();
  });

  it('work with a running tenant in memory, too', async () => {
    const cwd = makeFolder({ 'seed.yaml': seed });
    const running = await startTenant(cwd, { TENANT_DATA: ':memory:' });
    expect(await tenant(cwd, ['seed', 'seed.yaml'], running.env)).toMatchObject({ code: 0 });
    expect(await signIn(running.origin)).toBe(200);
    const found = await tenant(cwd, ['credentials', 'shop', '--json'], running.env);
    expect(JSON.parse(found.stdout)).toEqual({ client_id: 'shop', client_secret: 'a-known-secret' });
    await running.stop();
    const gone = await tenant(cwd, ['export'], running.env);
    expect(gone).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(':memory:') });
  });

  it('with --with-keys include the signing keys, so that tokens stay valid', async () => {
    const [from, to] = [makeFolder(), makeFolder()];
    const first = await startTenant(from);
    await first.stop();
    expect(await exportTo('plain.json', from)).not.toContain('PRIVATE');
    await exportTo('keys.json', from, '--with-keys');
    await tenant(to, ['import', path.join(from, 'keys.json')]);
    const [one, other] = [await startTenant(from), await startTenant(to)];
    const keysOf = async (origin: string) => (await fetch(`${origin}/.well-known/jwks.json`)).json();
    expect(await keysOf(other.origin)).toEqual(await keysOf(one.origin));
    await Promise.all([one.stop(), other.stop()]);
  });

  it.each([
    ['no file', undefined, /cannot be read \(ENOENT\)/],
    ['no JSON', '{', /not JSON/],
    ['too deep a JSON', '['.repeat(50_000) + ']'.repeat(50_000), /x\.json: nested too deeply/],
    ['something else', '{"users":[],"usres":1}', /usres[\s\S]*gatehouse_tenant|gatehouse_tenant[\s\S]*usres/],
  ])('of %s is exit 1 and changes nothing', async (_what, text, complaint) => {
    const cwd = await makeSeeded(text === undefined ? {} : { 'x.json': text });
    const { code, stdout, stderr } = await tenant(cwd, ['import', 'x.json', '--json']);
    expect(code).toBe(1);
    expect(stderr).toMatch(complaint);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      faults: expect.arrayContaining([expect.any(String)]),
    });
    expect(await exportTo('after.json', cwd)).toBe((await readTemplate()).exported);
  });

  it('export without data prints one sentence, exits 1, and creates no data', async () => {
    const cwd = makeFolder();
    const { code, stdout, stderr } = await tenant(cwd, ['export']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^There is no data of the embedded tenant yet/);
    expect(() => statSync(path.join(cwd, 'data'))).toThrow('ENOENT');
  });

  it('import without a file is a usage error', async () => {
    expect(await tenant(makeFolder(), ['import'])).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('tenant seed', () => {
  it('applies a changed seed on top of the tenant, and the start shows no warning', async () => {
    const cwd = makeFolder({ 'seed.yaml': seed });
    const env = { TENANT_SEED: 'seed.yaml' };
    await (await startTenant(cwd, env)).stop();
    await writeFile(path.join(cwd, 'seed.yaml'), seed.replace('Canary-Horse-9-battery', 'Another-Horse-9'));
    const warned = await startTenant(cwd, env);
    expect(warned.complaints()).toMatch(
      /TENANT_SEED has changed.+gatehouse tenant seed.+gatehouse tenant reset/,
    );
    expect(await signIn(warned.origin)).toBe(200);
    expect(await tenant(cwd, ['seed'], warned.env)).toMatchObject({ code: 0 });
    expect(await signIn(warned.origin, 'Another-Horse-9')).toBe(200);
    await warned.stop();
    const quiet = await startTenant(cwd, env);
    expect(quiet.complaints()).toBe('');
    await quiet.stop();
    const unset = await startTenant(cwd);
    expect(unset.complaints()).toMatch(/TENANT_SEED is no longer set.+gatehouse tenant reset/);
    await unset.stop();
  });

  it('prints every error of a seed, and changes nothing', async () => {
    const cwd = await makeSeeded({
      'faulty.yaml':
        'client_grants: [{ client_id: ghost, audience: urn:none }]\nusers: [{ email: b@example.com, roles: [king] }]',
    });
    const { code, stderr } = await tenant(cwd, ['seed', 'faulty.yaml']);
    expect(code).toBe(1);
    for (const fault of ['no client ghost', 'urn:none', 'no role king']) expect(stderr).toContain(fault);
    expect(await exportTo('after.json', cwd)).toBe((await readTemplate()).exported);
  });
});

describe('tenant reset', () => {
  it('resets the tenant to the seed; client secrets are unchanged', async () => {
    const cwd = makeFolder({ 'seed.yaml': seed });
    const running = await startTenant(cwd);
    const secret = await tenant(cwd, ['credentials', '--json'], running.env);
    await tenant(cwd, ['seed', 'seed.yaml'], running.env);
    expect(await signIn(running.origin)).toBe(200);
    expect(await tenant(cwd, ['reset', '--yes'], running.env)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/0 users, 7 clients/),
    });
    expect(await signIn(running.origin)).toBe(401);
    expect(await tenant(cwd, ['credentials', '--json'], running.env)).toEqual(secret);
    await running.stop();
    const seeded = await tenant(cwd, ['reset', '--yes', '--json'], { TENANT_SEED: 'seed.yaml' });
    expect(JSON.parse(seeded.stdout)).toMatchObject({ users: 1, clients: 8 });
  });

  it('asks for confirmation, and does nothing without a terminal: exit 2', async () => {
    const cwd = await makeSeeded();
    const { code, stdout, stderr } = await tenant(cwd, ['reset']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('--yes');
    expect(JSON.parse(await exportTo('after.json', cwd)).users).toHaveLength(1);
  });

  it.each([
    ['y', true],
    ['YES', true],
    ['n', false],
    ['', false],
    ['yes please', false],
    [undefined, false],
  ])('treats %j as the answer: %s', async (answer, isYes) => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const asked = confirm('Go?', { input, output: new PassThrough() });
    if (answer === undefined) input.end();
    else input.write(`${answer}\n`);
    expect(await asked).toBe(isYes);
  });
});

it('tenant credentials warn if AUTH0_DOMAIN is another tenant', async () => {
  const cwd = await makeSeeded();
  const elsewhere = await tenant(cwd, ['credentials', 'shop'], { AUTH0_DOMAIN: 'acme.eu.auth0.com' });
  expect(elsewhere).toMatchObject({ code: 0, stdout: 'client_id=shop\nclient_secret=a-known-secret\n' });
  expect(elsewhere.stderr).toMatch(/AUTH0_DOMAIN is acme\.eu\.auth0\.com, another tenant/);
  const here = await tenant(cwd, ['credentials', 'shop'], { AUTH0_DOMAIN: 'localhost:4400' });
  expect(here).toMatchObject({ code: 0, stderr: '' });
});
