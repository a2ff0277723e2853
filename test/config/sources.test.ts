import { parse } from 'dotenv';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';
import type { Environment } from '../../src/config/read-variables.ts';
import { findLineFaults } from '../../src/config/read-variables.ts';
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

describe('the source of a value', () => {
  it('is the default, .env, the environment or a file, in increasing precedence', () => {
    expect(settingOf(read({}), 'PORT')).toEqual(['3000', 'default']);
    expect(settingOf(read({}, { '.env': 'PORT=4000\n' }), 'PORT')).toEqual(['4000', '.env']);
    expect(settingOf(read({ PORT: '5000' }, { '.env': 'PORT=4000\n' }), 'PORT')).toEqual([
      '5000',
      'environment',
    ]);
    expect(settingOf(read({ PORT_FILE: 'port' }, { port: '6000\n' }), 'PORT')).toEqual(['6000', 'file']);
  });

  it('is the default if an empty variable of the environment overrides .env', () => {
    expect(settingOf(read({ PORT: '' }, { '.env': 'PORT=4000\n' }), 'PORT')).toEqual(['3000', 'default']);
  });

  it('can be a file that .env names', () => {
    expect(settingOf(read({}, { '.env': 'PORT_FILE=port', port: '6000' }), 'PORT')).toEqual(['6000', 'file']);
  });

  it('is a fallback of the program if the variable is not set', () => {
    const readFallback = (environment: Environment, files: Readonly<Record<string, string>> = {}) =>
      readConfig(environment, { cwd: makeFolder(files), fallbacks: { PORT: '7000', OTHER: 'value' } });
    expect(settingOf(readFallback({}), 'PORT')).toEqual(['7000', 'default']);
    expect(settingOf(readFallback({}, { '.env': 'PORT=4000' }), 'PORT')).toEqual(['4000', '.env']);
    expect(settingOf(readFallback({ PORT: '5000' }), 'PORT')).toEqual(['5000', 'environment']);
    expect(settingOf(readFallback({ PORT_FILE: 'port' }, { port: '6000' }), 'PORT')).toEqual([
      '6000',
      'file',
    ]);
    expect(readFallback({}).lookUp('OTHER')).toBe('value');
    expect(readFallback({ OTHER: 'set' }).lookUp('OTHER')).toBe('set');
  });

  it('is a default that follows another variable', () => {
    expect(settingOf(read({ PORT: '5000' }), 'PUBLIC_URL')).toEqual(['http://localhost:5000', 'default']);
    expect(settingOf(read({ PORT: '80' }), 'PUBLIC_URL')).toEqual(['http://localhost', 'default']);
  });

  it('of a faulty variable is reported once, not again for dependent variables', () => {
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

  it('and directly too is a fault, in any combination of sources', () => {
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
  ])('is a fault if the file is %s', (_what, file, reason) => {
    const files = { empty: '\n', large: 'x'.repeat(70_000), binary: Buffer.from([0xff, 0xfe]) };
    expect(faultsOf(read({ AUTH0_CONNECTION_FILE: file }, files))).toMatchObject([
      { name: 'AUTH0_CONNECTION_FILE', seen: expect.stringContaining(reason) },
    ]);
  });

  it.each([
    '/run/secrets/auht0',
    'secrets/auth0-client-secret.txt',
    './AUTH0_CLIENT_SECRET',
    '/var/run/secrets/kubernetes.io/gatehouse-0b2f7c1e/client-secret',
  ])('for a secret shows its path %s', (path) => {
    expect(faultsOf(read({ AUTH0_CLIENT_SECRET_FILE: path }))).toMatchObject([
      { name: 'AUTH0_CLIENT_SECRET_FILE', seen: `"${path}": no such file (ENOENT)` },
    ]);
  });

  it.each([
    'Zm9yZ290LXRvLXVzZS1hLWZpbGU',
    '5ba93c9db0cff93f52b521d7420e43f6eda2784f5ba93c9db0cff93f52b521d7',
    'mP3+yQ0/Zk1b2mT9xVwq8R/7uYc4sLd6fGh1jKl2nOp=',
    'a passphrase of many words and no path',
  ])('does not show what may be the secret itself: %s', (secret) => {
    const answer = read({ AUTH0_CLIENT_SECRET_FILE: secret, LOG_LEVEL: secret });
    expect(JSON.stringify(answer)).not.toContain(secret);
    expect(JSON.stringify(faultsOf(answer))).toContain('ENOENT');
  });

  it('is shown with its path, also for a secret', () => {
    const answer = read(
      { PORT_FILE: 'port', SESSION_SECRETS_FILE: 'keys/session' },
      { port: '6000', keys: 'not a folder' },
    );
    expect(faultsOf(answer)).toMatchObject([{ seen: '"keys/session": ENOTDIR' }]);
    const sound = read(
      { PORT_FILE: 'port', SESSION_SECRETS_FILE: 'key' },
      { port: '6000', key: 'k'.repeat(32) },
    );
    expect(sound.ok && sound.settings).toEqual(
      expect.arrayContaining([
        { name: 'PORT', value: '6000', origin: 'file', file: 'port' },
        { name: 'SESSION_SECRETS', value: '***', origin: 'file', file: 'key' },
      ]),
    );
  });
});

const utf16 = (text: string) => Buffer.from(text, 'utf16le');

describe('.env', () => {
  it('that cannot be read is a fault', () => {
    const cwd = makeFolder();
    expect(faultsOf(readConfig({ AUTH0_CONNECTION: 'a' }, { cwd: `${cwd}/.env/..` }))).toEqual([]);
    const answer = readConfig({}, { cwd: '/proc/self/mem' });
    expect(faultsOf(answer)).toMatchObject([{ name: '.env', seen: 'ENOTDIR' }]);
  });

  it.each([
    ['UTF-16 with its mark', utf16('\uFEFFNODE_ENV=production\n')],
    ['UTF-16 without a mark', utf16('NODE_ENV=production\n')],
    ['Latin-1', Buffer.from('AUTH0_CONNECTION=Kundensch\xe4tze\n', 'latin1')],
  ])('in %s is a fault, not a file without variables', (_what, bytes) => {
    expect(faultsOf(read({}, { '.env': bytes }))).toEqual([
      { name: '.env', seen: 'not UTF-8', wanted: 'a text file in UTF-8, or none' },
    ]);
  });

  it('may have a byte order mark and Windows line breaks', () => {
    const files = { '.env': '\uFEFFPORT=4000\r\n\r\n# a comment\r\nLOG_LEVEL=debug\r\n' };
    expect(settingOf(read({}, files), 'PORT')).toEqual(['4000', '.env']);
    expect(settingOf(read({}, files), 'LOG_LEVEL')).toEqual(['debug', '.env']);
  });

  it.each([
    ['a value without a name', 'PORT=1\n=2\n', 2],
    ['a colon in place of the equals sign', 'PORT:4000', 1],
    ['a space in place of it', '\n\nPORT 4000', 3],
    ['a name with a space', 'MY PORT=4000', 1],
    ['a quote that does not close', 'PORT=1\nAUTH0_CLIENT_SECRET="hidden-1\nLOG_LEVEL=info\n', 2],
    ['a text after the quotes', `AUTH0_CLIENT_SECRET='hidden-1' hidden-2`, 1],
    ['a value that dotenv would cut at #', 'AUTH0_CLIENT_SECRET=hidden-1#hidden-2', 1],
  ])('with %s is a fault with the line number but without its content', (_what, text, line) => {
    const answer = read({}, { '.env': text });
    expect(faultsOf(answer)).toMatchObject([{ name: '.env', seen: `line ${line}` }]);
    expect(JSON.stringify(answer)).not.toContain('hidden');
  });

  it.each([
    ['spaces and export', '  export  PORT = 4000  # a comment # of two parts', '4000'],
    ['quotes', 'PORT="4000" # "x" #', '4000'],
    ['a value over several lines', `AUTH0_CONNECTION='a\n'\nPORT=4000`, '4000'],
    ['nothing', 'PORT=\nLOG_LEVEL=', '3000'],
  ])('with %s has no fault', (_what, text, port) => {
    const answer = read({}, { '.env': text });
    expect(faultsOf(answer).filter(({ name }) => name === '.env')).toEqual([]);
    if (answer.ok) expect(settingOf(answer, 'PORT')[0]).toBe(port);
  });

  const name = fc.constantFrom('A', 'B_1', 'C.d', 'E-f');
  const plain = fc.stringMatching(/^[a-zé0-9\\$:/ =-]{0,12}$/).map((text) => text.trim());
  const toLine = fc.oneof(
    fc
      .record({ name, value: plain })
      .map(({ name: left, value }) => ({ text: `${left}=${value}`, left, value })),
    fc
      .record({
        name,
        value: fc.stringMatching(/^[a-z #\n=é]{0,12}$/),
        quote: fc.constantFrom('"', "'", '`'),
      })
      .map(({ name: left, value, quote }) => ({
        text: `export ${left} = ${quote}${value}${quote} # it's`,
        left,
        value,
      })),
    fc.constantFrom('', '  ', '# "', "  # A=it's").map((text) => ({ text, left: undefined, value: '' })),
  );
  const unreadable = fc.constantFrom('A', '=x', 'A x', 'A:x', 'A="x', "A='x' y", 'A=x#y', '?', 'export A');

  it('is read like by dotenv, and each line that dotenv would ignore is reported', () => {
    fc.assert(
      fc.property(fc.array(toLine, { maxLength: 6 }), unreadable, (lines, bad) => {
        const text = lines.map((line) => line.text).join('\n');
        expect(findLineFaults(text)).toEqual([]);
        const meant = lines.flatMap(({ left, value }) => (left === undefined ? [] : [[left, value]]));
        expect(parse(text)).toEqual(Object.fromEntries(meant));
        const last = `${text}\n${bad}`;
        expect(findLineFaults(last).map(({ line }) => line)).toEqual([last.split('\n').length]);
      }),
      { numRuns: 1000 },
    );
  });
});

it('a variable named like a built-in member of objects is an ordinary variable', () => {
  const answer = readConfig(Object.create({ PORT: '1' }) as Environment, {
    cwd: makeFolder({ '.env': '__proto__=x\n' }),
  });
  expect(settingOf(answer, 'PORT')).toEqual(['3000', 'default']);
});
