import { generateKeyPairSync } from 'node:crypto';
import proxyAddr from 'proxy-addr';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';
import type { Variable } from '../../src/config/value-schemas.ts';
import { VARIABLE_NAMES, VARIABLES, type VariableName } from '../../src/config/variables.ts';

const remote = { AUTH0_CLIENT_ID: 'web', AUTH0_CLIENT_SECRET: 'not-much', AUTH0_API_AUDIENCE: 'urn:a' };

function read(name: VariableName, value: string) {
  const answer = readConfig(
    { ...(name === 'AUTH0_DOMAIN' ? remote : {}), [name]: value },
    { cwd: '/nowhere' },
  );
  return answer.ok ? answer.config : undefined;
}

const accepted: readonly (readonly [VariableName, readonly string[]])[] = [
  ['NODE_ENV', ['development', 'test']],
  ['HOST', ['0.0.0.0', '::', '::1', 'localhost', 'gateway.internal']],
  ['PORT', ['0', '1', '65535']],
  [
    'PUBLIC_URL',
    [
      'http://localhost:3000',
      'http://app.localhost:3000',
      'http://127.0.0.1',
      'http://[::ffff:7f00:1]',
      'https://gateway.example.com',
      'https://[::1]:8443',
    ],
  ],
  ['LOG_LEVEL', ['trace', 'silent']],
  [
    'TRUST_PROXY',
    ['none', '1', '32', '10.0.0.0/8', '192.0.2.1', '::1', 'fc00::/7', '10.0.0.0/8, 2001:db8::/32'],
  ],
  [
    'AUTH0_DOMAIN',
    [
      'acme.eu.auth0.com',
      'localhost:4400',
      'http://localhost:4400',
      '[::1]:4400',
      'tenant:4400',
      'login.xn--bcher-kva.example',
      '203.0.113.7',
      `${'a'.repeat(63)}.example`,
    ],
  ],
  ['AUTH0_DEFAULT_SCOPE', ['openid', 'openid profile geocode:location']],
  ['AUTH0_TOKEN_SIGNING_ALGS', ['RS256', 'RS256, PS256,ES256']],
  ['SESSION_SECRETS', ['x'.repeat(32), `${'x'.repeat(32)},${'y'.repeat(40)}`, 'ö'.repeat(16)]],
  ['ALLOWED_ORIGINS', ['https://app.example.com', 'http://app.example.com:8080,https://[::1]']],
  ['ADDRESS_SHARE', ['0.25', '1', '0.0001']],
  ['ADDRESS_SHARE_EXEMPT', ['10.0.0.0/8', '192.0.2.1, 2001:db8::/32']],
  ['RATE_LIMIT_SIGNIN_IP', ['1/1s', '10/15m', '1000000/168h']],
];

const refused: readonly (readonly [VariableName, readonly string[]])[] = [
  ['NODE_ENV', ['prod', 'Production', 'staging']],
  [
    'HOST',
    [
      'http://localhost',
      'a b',
      '[::1]',
      'localhost:3000',
      'fe80::1%eth0',
      'a..b',
      'a-.b',
      '300.1.2.3',
      '1.2.3',
    ],
  ],
  ['PORT', ['65536', '-1', '3000.5', '0x10', '1e3', ' 3000', '03000', 'http']],
  [
    'PUBLIC_URL',
    [
      'gateway.example.com',
      'https://gateway.example.com/',
      'https://gateway.example.com/path',
      'https://gateway.example.com?x',
      'https://Gateway.example.com',
      'https://gateway.example.com:443',
      'https://user@gateway.example.com',
      'ftp://gateway.example.com',
      'http://gateway.example.com',
      'http://127.0.0.1.example.com',
      'null',
      'https://gateway..example.com',
      'https://-gateway.example.com',
      'https://gate_way.example.com',
      'https://gateway.example.com.',
    ],
  ],
  ['LOG_LEVEL', ['verbose', 'INFO']],
  [
    'TRUST_PROXY',
    [
      '0',
      '33',
      '01',
      '-1',
      'true',
      'None',
      'none,10.0.0.1',
      'all',
      '*',
      'loopback',
      '0.0.0.0/0',
      '::/0',
      '0.0.0.0/1,128.0.0.0/1',
      '10.0.0.0/8,0.0.0.0/0',
      '10.0.0.0/33',
      '10.0.0.0/255.0.0.0',
      '2000::/3',
      '::/90',
      '0::/96',
      '::ffff:0:0/96',
      '::ffff:0.0.0.0/96',
      '::ffff:10.0.0.1',
      '::1/90',
      'fe80::1%eth0',
      '10.0.0.1,',
      '1,10.0.0.1',
    ],
  ],
  [
    'AUTH0_DOMAIN',
    [
      'https://acme.eu.auth0.com',
      'acme.eu.auth0.com/',
      'a.example/x',
      'Acme.example',
      'a b',
      'u@a.example',
      'a?b',
      '*.a',
      'acme..auth0.com',
      '.acme.auth0.com',
      'acme.auth0.com.',
      '-acme.auth0.com',
      'acme-.auth0.com',
      'acme_eu.auth0.com',
      'acme,eu.auth0.com',
      'acme$.auth0.com',
      "acme'.auth0.com",
      '(acme).auth0.com',
      'acme;eu.auth0.com',
      'acme=eu.auth0.com',
      'acme!.auth0.com',
      'acme~.auth0.com',
      '&acme.auth0.com',
      'acme+eu.auth0.com',
      'acme.auth0.com:0',
      'acme.auth0.com:443',
      'acme.auth0.com:',
      'bücher.example',
      `${'a'.repeat(64)}.example`,
      `${'a.'.repeat(127)}example`,
    ],
  ],
  ['AUTH0_CLIENT_ID', ['a b', 'a\nb']],
  ['AUTH0_CLIENT_ASSERTION_KEY', ['-----BEGIN PRIVATE KEY-----', 'x']],
  ['AUTH0_API_AUDIENCE', ['urn:a urn:b']],
  ['AUTH0_API_AUDIENCES', ['urn:a,,urn:b', ',']],
  ['AUTH0_DEFAULT_SCOPE', ['openid  profile', ' openid', 'a"b', 'a\tb']],
  ['AUTH0_TOKEN_SIGNING_ALGS', ['HS256', 'none', 'RS256,HS256', 'rs256', 'RS512', ',']],
  ['AUTH0_ACCESS_TOKEN_TYP', ['a b', 'JWT,']],
  ['PASSWORD_SIGNIN', ['1', 'yes', 'TRUE', 'on']],
  ['SESSION_SECRETS', ['x'.repeat(31), `${'x'.repeat(32)},short`, `${'x'.repeat(32)},`]],
  [
    'ALLOWED_ORIGINS',
    [
      '*',
      'null',
      'https://*.example.com',
      'https://a.example/',
      'https://a.example,*',
      'a.example',
      'file://',
      'app://a',
    ],
  ],
  ['TOKEN_MODE_ORIGINS', ['*', 'null', 'https://a.example/x']],
  ['MAX_IN_FLIGHT', ['0', '-5', 'many']],
  ['ADDRESS_SHARE', ['0', '0.0', '1.5', '-0.2', '25%', '.5', 'half']],
  ['ADDRESS_SHARE_EXEMPT', ['0.0.0.0/0', 'all', '10.0.0.0/33', 'host.example']],
  [
    'RATE_LIMIT_SIGNIN_IP',
    ['10', '10/m', '10/15', '10/15min', '0/15m', '10/0m', '10/15d', '10 / 15m', '10/min', '1/169h'],
  ],
  ['TENANT_TIMEOUT_MS', ['0', '120001']],
];

describe.each(accepted)('%s', (name, values) => {
  it.each(values)('accepts %j', (value) => expect(read(name, value)).toBeDefined());
});

describe.each(refused)('%s', (name, values) => {
  it.each(values)('refuses %j, as the only fault', (value) => {
    const answer = readConfig(
      { ...(name === 'AUTH0_DOMAIN' ? remote : {}), [name]: value },
      { cwd: '/nowhere' },
    );
    expect(answer.ok).toBe(false);
    expect(answer.ok ? [] : answer.faults.map((fault) => fault.name)).toEqual(
      // A key without AUTH0_DOMAIN is a separate fault.
      name === 'AUTH0_CLIENT_ASSERTION_KEY' ? [name, name] : [name],
    );
  });
});

const invisible = {
  'a byte order mark': ['\uFEFF3000', 'U+FEFF (character 1)'],
  'a no-break space': ['3000\u00A0', 'U+00A0 (character 5)'],
  'a zero-width space': ['30\u200B00', 'U+200B (character 3)'],
  'a word joiner': ['3000\u2060', 'U+2060 (character 5)'],
  'a soft hyphen': ['30\u00AD00', 'U+00AD (character 3)'],
  'a narrow no-break space': ['\u202F3000', 'U+202F (character 1)'],
  'a line separator': ['3000\u2028', 'U+2028 (character 5)'],
} as const;

it('each value is in the configuration at the place of its row', () => {
  const answer = readConfig({}, { cwd: '/nowhere' });
  const config = answer.ok ? answer.config : undefined;
  const tree: unknown = { ...config, tenant: config?.auth0.tenant };
  const find = (from: unknown, key: string): unknown => (from as Record<string, unknown> | undefined)?.[key];
  const defaults = VARIABLE_NAMES.flatMap((name) => {
    const { at, value, default: fallback, isPath }: Variable = VARIABLES[name];
    if (at === undefined || typeof fallback !== 'string' || isPath) return [];
    return [[name, at.split('.').reduce(find, tree), value.parse(fallback)] as const];
  });
  expect(defaults.length).toBeGreaterThan(30);
  for (const [name, placed, parsed] of defaults) expect(placed, name).toEqual(parsed);
});

describe('the format of a value', () => {
  // Every variable, including those with any text, must have the value that is visible.
  const anyText: readonly VariableName[] = ['AUTH0_CLIENT_SECRET', 'SESSION_SECRETS', 'TENANT_SEED', 'PORT'];
  const plain: Readonly<Record<string, string>> = {
    AUTH0_CLIENT_SECRET: 'a-secret-of-the-application',
    SESSION_SECRETS: 'a-secret-of-sessions-that-is-long-enough',
    TENANT_SEED: 'seed.yaml',
    PORT: '3000',
  };
  const faultsOf = (environment: Readonly<Record<string, string>>) => {
    const answer = readConfig(environment, { cwd: '/nowhere' });
    return answer.ok ? [] : answer.faults;
  };

  it.each(anyText)('%s refuses quotes around the value, and names the tool that keeps them', (name) => {
    for (const [open, close] of ['""', "''", '``', '“”', '‘’'])
      expect(faultsOf({ [name]: `${open}${plain[name]}${close}` })).toEqual([
        { name, seen: expect.any(String), wanted: expect.stringMatching(/without the quotes.*--env-file/) },
      ]);
  });

  it.each(anyText)('%s refuses spaces and line breaks around the value', (name) => {
    for (const value of [` ${plain[name]}`, `${plain[name]} `, `${plain[name]}\n`, `\t${plain[name]}`])
      expect(faultsOf({ [name]: value })).toEqual([
        { name, seen: expect.any(String), wanted: 'the value without spaces or line breaks around it' },
      ]);
  });

  it.each(Object.entries(invisible))(
    '%s is a fault that says which character and where',
    (_what, [value, where]) => {
      expect(faultsOf({ PORT: value })).toEqual([
        {
          name: 'PORT',
          seen: expect.stringMatching(/\\u\{[0-9a-f]+\}/),
          wanted: expect.stringContaining(where),
        },
      ]);
      const secret = value.replaceAll('3', 'secret-secret-secret-secret-secret-3');
      const told = faultsOf({ SESSION_SECRETS: secret });
      expect(told).toMatchObject([{ name: 'SESSION_SECRETS', wanted: expect.stringMatching(/U\+/) }]);
      expect(JSON.stringify(told)).not.toContain('secret-secret');
    },
  );

  it('a quoted secret in a list is refused too', () => {
    expect(faultsOf({ SESSION_SECRETS: `${'x'.repeat(32)},"${'y'.repeat(32)}"` })).toMatchObject([
      { name: 'SESSION_SECRETS', wanted: expect.stringContaining('without quotes') },
    ]);
  });

  it('a trailing line break of a PEM key is ignored', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const keyed = { AUTH0_DOMAIN: 'acme.eu.auth0.com', AUTH0_CLIENT_ID: 'web', AUTH0_API_AUDIENCE: 'urn:a' };
    expect(faultsOf({ ...keyed, AUTH0_CLIENT_ASSERTION_KEY: `${pem}\n` })).toEqual([]);
    expect(faultsOf({ ...keyed, AUTH0_CLIENT_ASSERTION_KEY: `"${pem}"` })).toHaveLength(1);
  });
});

it('the fault of an almost valid origin shows the valid form', () => {
  const answer = readConfig({ PUBLIC_URL: 'https://Gateway.example.com:443/' }, { cwd: '/nowhere' });
  expect(answer.ok ? [] : answer.faults).toMatchObject([
    {
      seen: '"https://Gateway.example.com:443/"',
      wanted: expect.stringMatching(/such as https:\/\/gateway\.example\.com$/),
    },
  ]);
});

it('every accepted proxy range is valid for the library that matches it', () => {
  const values = accepted.flatMap(([name, list]) => (name === 'TRUST_PROXY' ? list : []));
  for (const value of values) {
    const trust = read('TRUST_PROXY', value)?.trustProxy;
    if (trust && 'cidrs' in trust) expect(() => proxyAddr.compile([...trust.cidrs])).not.toThrow();
  }
});
