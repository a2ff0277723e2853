import { execFile } from 'node:child_process';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../../../test/support/folder.ts';
import { packageFolder } from './support/build-client.ts';

const modules = path.resolve('node_modules');
const execute = promisify(execFile);
const env = {
  ...process.env,
  NODE_ENV: '',
  PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH']}`,
};

let folder: string;
let files: string[];
let manifest: Record<string, Record<string, string>> & { name: string };

// As after `npm install`: the packed files, and React as in an application.
beforeAll(async () => {
  folder = makeFolder();
  // .npmrc disables scripts, so the build runs here.
  const pack = ['pack', '--ignore-scripts=false', '--json', '--silent', `--pack-destination=${folder}`];
  const { stdout } = await execute('npm', pack, {
    cwd: packageFolder,
    env,
  });
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('[')));
  files = packed.files.map((file: { path: string }) => file.path);
  manifest = JSON.parse(await readFile(path.join(packageFolder, 'package.json'), 'utf8'));
  const installed = path.join(folder, 'node_modules', manifest.name);
  await mkdir(installed, { recursive: true });
  await execute('tar', ['-xzf', path.join(folder, packed.filename), '--strip-components=1', '-C', installed]);
  for (const name of ['react', 'react-dom', '@types/react', '@types/react-dom', 'csstype', 'scheduler']) {
    const place = path.join(folder, 'node_modules', name);
    await mkdir(path.dirname(place), { recursive: true });
    await symlink(path.join(modules, name), place);
  }
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
});

/** Checks a program's types as in an application. */
async function check(program: string, moduleResolution: string): Promise<string> {
  await writeFile(path.join(folder, 'program.tsx'), program);
  const module = moduleResolution === 'bundler' ? 'esnext' : moduleResolution;
  const options = `--noEmit --strict --skipLibCheck false --target es2022 --lib es2022,dom,dom.iterable --jsx react-jsx --types react --module ${module} --moduleResolution ${moduleResolution}`;
  const compiler = path.join(modules, 'typescript/bin/tsc');
  const checked = execute(process.execPath, [compiler, ...options.split(' '), 'program.tsx'], {
    cwd: folder,
  });
  return checked.then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  );
}

const good = `
import { createGatehouse, GatehouseError, type SessionState, type User } from 'gatehouse-client';
import { GatehouseProvider, SignedIn, SignedOut, useGatehouseFetch, useSession } from 'gatehouse-client/react';

const client = createGatehouse({ baseUrl: 'http://localhost:3000' });
export async function use(): Promise<User | undefined> {
  const { user } = await client.signUp({ email: 'ada@example.com', password: 'x', given_name: undefined });
  console.log(user.email);
  const { session } = await client.signIn({ email: 'ada@example.com', password: 'x' });
  console.log(session.expires_at);
  const { access_token } = await client.signIn({ email: 'ada@example.com', password: 'x', mode: 'token' });
  console.log(access_token);
  try {
    const verified = await client.mfa.verify({ mfa_handle: 'x', otp: '123456' });
    if ('status' in verified) console.log(verified.retry_after);
    else console.log(verified.user.id, verified.recovery_code);
  } catch (error) {
    if (error instanceof GatehouseError && error.code === 'mfa_required') console.log(error.problem?.mfa_handle);
  }
  await client.passwordless.start({ email: 'ada@example.com', send: 'link' });
  const stop = client.onSessionChange((state: SessionState) => {
    if (state.authenticated) console.log(state.user.name, state.idle_expires_at);
  });
  stop();
  const { sessions } = await client.sessions.list();
  for (const { id, current } of sessions) if (!current) await client.sessions.end({ id });
  const { signout_url } = await client.signOut({ return_to: '/' });
  if (signout_url !== null) location.assign(signout_url);
  const state = await client.signInWithPopup({ connection: 'google-oauth2', max_age: 60 });
  return state.authenticated ? state.user : undefined;
}
function Greeting() {
  const { status, user } = useSession();
  const call = useGatehouseFetch();
  return status === 'authenticated' ? <b onClick={() => call('/api/things', { stepUp: 'redirect' })}>{user.email}</b> : null;
}
export const app = (
  <GatehouseProvider client={client}>
    <SignedIn><Greeting /></SignedIn>
    <SignedOut>Nobody</SignedOut>
  </GatehouseProvider>
);
`;

describe('the packed package', () => {
  it('contains JavaScript and types, but no sources and tests', () => {
    const beside = files.filter((file) => !/^dist\/.+\.(js|d\.ts)$/.test(file));
    expect(beside.toSorted()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
    for (const file of ['dist/index.js', 'dist/index.d.ts', 'dist/react.js', 'dist/gatehouse-client.min.js'])
      expect(files).toContain(file);
    expect(files.filter((file) => /test/i.test(path.basename(file)))).toEqual([]);
  });

  it('has no dependencies, React as an optional peer, and no install scripts', () => {
    expect(manifest).not.toHaveProperty('dependencies');
    expect(Object.keys(manifest['peerDependencies'] ?? {})).toEqual(['react']);
    expect(manifest['peerDependenciesMeta']).toEqual({ react: { optional: true } });
    const onInstall = ['preinstall', 'install', 'postinstall', 'prepare'];
    expect(Object.keys(manifest['scripts'] ?? {}).filter((name) => onInstall.includes(name))).toEqual([]);
  });

  it.each(['nodenext', 'bundler'])(
    'has types, also under moduleResolution %s, that refuse what the API does not take',
    async (moduleResolution) => {
      expect(await check(good, moduleResolution)).toBe('');
      const bad = good
        .replace("password: 'x', given_name", 'password: 1, given_name')
        .replace("otp: '123456'", "opt: '123456'")
        .replace('state.user.name', 'state.user.nam')
        .replace("send: 'link'", "send: 'pigeon'");
      const complaints = await check(bad, moduleResolution);
      for (const word of ["'number'", "'opt'", "'nam'", 'pigeon']) expect(complaints).toContain(word);
    },
  );

  it('renders on a server without a user', async () => {
    const program = `
      import { createElement } from 'react';
      import { renderToString } from 'react-dom/server';
      import { createGatehouse } from 'gatehouse-client';
      import { GatehouseProvider, SignedOut, useSession } from 'gatehouse-client/react';
      const Status = () => useSession().status;
      const app = createElement(GatehouseProvider, { client: createGatehouse() }, createElement(Status), createElement(SignedOut, null, 'out'));
      process.stdout.write(renderToString(app));
    `;
    await writeFile(path.join(folder, 'render.js'), program);
    const { stdout } = await execute(process.execPath, ['--preserve-symlinks', 'render.js'], {
      cwd: folder,
      env,
    });
    expect(stdout).toBe('loading');
  });
});
