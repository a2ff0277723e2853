import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';
import type { Environment } from '../../src/config/read-variables.ts';
import type { VariableName } from '../../src/config/variables.ts';
import { makeFolder } from '../support/folder.ts';

function read(environment: Environment, files: Readonly<Record<string, string | Buffer>> = {}) {
  return readConfig(environment, { cwd: makeFolder(files) });
}

function settingOf(answer: ReturnType<typeof readConfig>, name: VariableName) {
  if (!answer.ok) throw new Error(JSON.stringify(answer.faults));
  const { value, origin } = answer.settings.find((setting) => setting.name === name) ?? {};
  return [value, origin];
}

const faultsOf = (answer: ReturnType<typeof readConfig>) => (answer.ok ? [] : answer.faults);

describe('where a value comes from', () => {
  it('the default, .env, the environment, or a file, in this order of strength', () => {
    expect(settingOf(read({}), 'PORT')).toEqual(['3000', 'default']);
    expect(settingOf(read({}, { '.env': 'PORT=4000\n' }), 'PORT')).toEqual(['4000', '.env']);
    expect(settingOf(read({ PORT: '5000' }, { '.env': 'PORT=4000\n' }), 'PORT')).toEqual([
      '5000',
      'environment',
    ]);
    expect(settingOf(read({ PORT_FILE: 'port' }, { port: '6000\n' }), 'PORT')).toEqual(['6000', 'file']);
  });

  it('an empty variable of the environment takes back what .env says', () => {
    expect(settingOf(read({ PORT: '' }, { '.env': 'PORT=4000\n' }), 'PORT')).toEqual(['3000', 'default']);
  });

  it('.env may name a file as well', () => {
    expect(settingOf(read({}, { '.env': 'PORT_FILE=port', port: '6000' }), 'PORT')).toEqual(['6000', 'file']);
  });

  it('a default that follows from another variable moves with it', () => {
    expect(settingOf(read({ PORT: '5000' }), 'PUBLIC_URL')).toEqual(['http://localhost:5000', 'default']);
    expect(settingOf(read({ PORT: '80' }), 'PUBLIC_URL')).toEqual(['http://localhost', 'default']);
  });

  it('a faulty variable is told once, not again in what follows from it', () => {
    expect(faultsOf(read({ PORT: 'x' })).map(({ name }) => name)).toEqual(['PORT']);
  });
});

describe('a variable given as a file', () => {
  it('loses one trailing newline and nothing else', () => {
    for (const ending of ['', '\n', '\r\n']) {
      const answer = read({ SESSION_SECRETS_FILE: 'secret' }, { secret: `${'x'.repeat(32)}${ending}` });
      expect(answer.ok && answer.config.sessionSecrets).toEqual(['x'.repeat(32)]);
    }
    expect(faultsOf(read({ PORT_FILE: 'port' }, { port: '6000\n\n' }))).toMatchObject([
      { name: 'PORT', seen: String.raw`"6000\n"` },
    ]);
  });

  it('and directly as well is a fault, wherever the two are written', () => {
    const files = { '.env': 'PORT_FILE=port\n', port: '6000' };
    expect(faultsOf(read({ PORT: '5000' }, files))).toEqual([
      { name: 'PORT', seen: 'PORT and PORT_FILE', wanted: 'one of the two' },
    ]);
  });

  it.each([
    ['missing', 'nothing-here', 'ENOENT'],
    ['a folder', '.', 'EISDIR'],
    ['empty', 'empty', 'empty'],
    ['larger than any value', 'large', 'EFBIG'],
    ['not text', 'binary', 'not UTF-8'],
    ['endless', '/dev/zero', 'EFBIG'],
    ['no path at all', 'a\0b', 'ERR_INVALID_ARG_VALUE'],
  ])('is a fault where the file is %s', (_what, file, reason) => {
    const files = { empty: '\n', large: 'x'.repeat(70_000), binary: Buffer.from([0xff, 0xfe]) };
    expect(faultsOf(read({ AUTH0_CONNECTION_FILE: file }, files))).toMatchObject([
      { name: 'AUTH0_CONNECTION_FILE', seen: expect.stringContaining(reason) },
    ]);
  });

  it('that should hold a secret does not show its path: it may be the secret itself', () => {
    const answer = read({ AUTH0_CLIENT_SECRET_FILE: 'Zm9yZ290LXRvLXVzZS1hLWZpbGU' });
    expect(JSON.stringify(answer)).not.toContain('Zm9yZ290');
    expect(faultsOf(answer)).toMatchObject([{ seen: expect.stringContaining('ENOENT') }]);
  });
});

it('a .env that cannot be read is a fault', () => {
  const cwd = makeFolder();
  expect(faultsOf(readConfig({ AUTH0_CONNECTION: 'a' }, { cwd: `${cwd}/.env/..` }))).toEqual([]);
  const answer = readConfig({}, { cwd: '/proc/self/mem' });
  expect(faultsOf(answer)).toMatchObject([{ name: '.env', seen: 'ENOTDIR' }]);
});

it('a variable named like a member of every object is not mistaken for one', () => {
  const answer = readConfig(Object.create({ PORT: '1' }) as Environment, {
    cwd: makeFolder({ '.env': '__proto__=x\n' }),
  });
  expect(settingOf(answer, 'PORT')).toEqual(['3000', 'default']);
});
