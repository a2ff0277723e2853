import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { readConfig, readTenantSettings } from '../../src/config/read-config.ts';
import type { Environment } from '../../src/config/read-variables.ts';
import { VARIABLE_NAMES } from '../../src/config/variables.ts';
import { makeFolder } from '../support/folder.ts';

const cwd = '/nowhere/at-all';
const read = (environment: Environment) => readConfig(environment, { cwd });

/** The variable names of all faults, in order. */
const faultyNames = (environment: Environment): string[] => {
  const answer = read(environment);
  return answer.ok ? [] : answer.faults.map(({ name }) => name);
};

function configOf(environment: Environment): Config {
  const answer = read(environment);
  if (!answer.ok) throw new Error(JSON.stringify(answer.faults));
  return answer.config;
}

const remote = {
  AUTH0_DOMAIN: 'acme.eu.auth0.com',
  AUTH0_CLIENT_ID: 'web',
  AUTH0_CLIENT_SECRET: 'not-much-of-a-secret',
  AUTH0_API_AUDIENCE: 'urn:worldmappers',
};
const production = {
  ...remote,
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://gateway.example.com',
  SESSION_SECRETS: 'Zk3vT9qLx1WcR7yBn5MdHs8JpF2gKa4U',
  TRUST_PROXY: '10.0.0.0/8',
};

describe('without variables', () => {
  it('the tenant is the embedded one and everything has a default', () => {
    expect(configOf({})).toMatchObject({
      production: false,
      host: '127.0.0.1',
      port: 3000,
      publicUrl: 'http://localhost:3000',
      trustProxy: undefined,
      allowLocalhostOrigins: true,
      sessionSecrets: undefined,
      auth0: {
        tenant: { kind: 'embedded', host: '127.0.0.1', port: 4400, dataFile: `${cwd}/data/tenant.db` },
        apiAudience: 'urn:worldmappers',
        apiAudiences: ['urn:worldmappers'],
        signingAlgs: ['RS256'],
        accessTokenTypes: ['JWT', 'at+jwt'],
      },
      rateLimits: { signinAccount: { count: 10, windowS: 900 }, apiCaller: undefined },
    });
  });

  it('an empty value counts as unset', () => {
    expect(configOf({ PORT: '', AUTH0_DOMAIN: '', SESSION_SECRETS: '' })).toEqual(configOf({}));
  });

  it('the configuration is immutable', () => {
    const config = configOf(remote);
    const frozen = (tree: unknown): boolean =>
      typeof tree !== 'object' ||
      tree === null ||
      (Object.isFrozen(tree) && Object.values(tree).every(frozen));
    expect(frozen(config)).toBe(true);
  });
});

describe('the administration API', () => {
  it('defaults to that of the embedded tenant; a remote tenant has none by default', () => {
    expect(configOf({}).auth0.adminAudience).toBe('urn:gatehouse:admin');
    expect(configOf(remote).auth0.adminAudience).toBeUndefined();
    expect(configOf({ ...remote, AUTH0_ADMIN_AUDIENCE: 'urn:admin' }).auth0.adminAudience).toBe('urn:admin');
  });

  it('must not be an API whose tokens users get without permissions', () => {
    const apis = { AUTH0_API_AUDIENCE: 'urn:one', AUTH0_API_AUDIENCES: 'urn:two' };
    for (const AUTH0_ADMIN_AUDIENCE of ['urn:one', 'urn:two'])
      expect(faultyNames({ ...remote, ...apis, AUTH0_ADMIN_AUDIENCE })).toEqual(['AUTH0_ADMIN_AUDIENCE']);
    expect(faultyNames({ ...remote, ...apis, AUTH0_ADMIN_AUDIENCE: 'urn:three' })).toEqual([]);
  });

  it('requires an API for customers, which is never the Management API', () => {
    const AUTH0_API_AUDIENCE = 'https://acme.eu.auth0.com/api/v2/';
    expect(faultyNames({ ...remote, AUTH0_API_AUDIENCE })).toEqual(['AUTH0_API_AUDIENCE']);
  });
});

const at = (AUTH0_BASE_URL: string) => ({ ...remote, AUTH0_DOMAIN: 'localhost:4400', AUTH0_BASE_URL });

describe('a remote tenant', () => {
  it('derives its issuer and address from its domain', () => {
    expect(configOf(remote).auth0.tenant).toEqual({
      kind: 'remote',
      domain: 'acme.eu.auth0.com',
      issuer: 'https://acme.eu.auth0.com/',
      baseUrl: 'https://acme.eu.auth0.com',
      clientId: 'web',
      clientSecret: 'not-much-of-a-secret',
    });
  });

  it('may have another address, with plain http only on loopback', () => {
    expect(configOf(at('http://127.0.0.1:4400')).auth0.tenant).toMatchObject({
      issuer: 'https://localhost:4400/',
      baseUrl: 'http://127.0.0.1:4400',
    });
    expect(configOf(at('https://edge.example.com')).auth0.tenant).toMatchObject({
      baseUrl: 'https://edge.example.com',
    });
    for (const url of [
      'http://edge.example.com',
      'http://127.0.0.1.example.com',
      'http://10.0.0.1',
      'ftp://localhost',
    ]) {
      expect(faultyNames(at(url))).toEqual(['AUTH0_BASE_URL']);
    }
  });

  it('whose issuer has http is named with its scheme, on loopback and in development only', () => {
    for (const AUTH0_DOMAIN of ['http://localhost:4400', 'http://tenant.localhost:4400'])
      expect(configOf({ ...remote, AUTH0_DOMAIN }).auth0.tenant).toMatchObject({
        issuer: `${AUTH0_DOMAIN}/`,
        baseUrl: AUTH0_DOMAIN,
      });
    for (const AUTH0_DOMAIN of [
      'http://acme.eu.auth0.com',
      'http://localhost:4400/',
      'http://localhost:4400/x',
      'https://localhost:4400',
      'http://LOCALHOST:4400',
    ])
      expect([AUTH0_DOMAIN, faultyNames({ ...remote, AUTH0_DOMAIN })]).toEqual([
        AUTH0_DOMAIN,
        ['AUTH0_DOMAIN'],
      ]);
    expect(faultyNames({ ...production, AUTH0_DOMAIN: 'http://localhost:4400' })).toEqual(['AUTH0_DOMAIN']);
  });

  it('requires client id, a secret or a key, and audience: all reported together', () => {
    expect(faultyNames({ AUTH0_DOMAIN: 'acme.eu.auth0.com' })).toEqual([
      'AUTH0_CLIENT_ID',
      'AUTH0_CLIENT_SECRET',
      'AUTH0_API_AUDIENCE',
    ]);
  });

  it('accepts a private key instead of the secret, but not both', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const { AUTH0_CLIENT_SECRET: _, ...keyless } = remote;
    const onOneLine = { ...keyless, AUTH0_CLIENT_ASSERTION_KEY: pem.replaceAll('\n', '\\n') };
    expect(configOf(onOneLine).auth0.tenant).toMatchObject({ clientAssertionKey: pem });
    expect(faultyNames({ ...remote, AUTH0_CLIENT_ASSERTION_KEY: pem })).toEqual([
      'AUTH0_CLIENT_ASSERTION_KEY',
    ]);
    expect(faultyNames({ AUTH0_CLIENT_ASSERTION_KEY: pem })).toEqual(['AUTH0_CLIENT_ASSERTION_KEY']);
  });

  it('accepts further audiences after the first, each once', () => {
    const config = configOf({
      ...remote,
      AUTH0_API_AUDIENCES: 'urn:organizer, urn:worldmappers,urn:organizer',
    });
    expect(config.auth0.apiAudiences).toEqual(['urn:worldmappers', 'urn:organizer']);
  });
});

describe('production', () => {
  it('requires only a tenant, an https origin and session secrets', () => {
    expect(configOf(production)).toMatchObject({ production: true, allowLocalhostOrigins: false });
  });

  it('refuses the defaults of development, all reported together', () => {
    expect(faultyNames({ NODE_ENV: 'production', TENANT_ALLOW_REMOTE: 'true', PORT: 'x' })).toEqual([
      'PORT',
      'PUBLIC_URL',
      'AUTH0_DOMAIN',
      'AUTH0_CLIENT_ID',
      'AUTH0_CLIENT_SECRET',
      'AUTH0_API_AUDIENCE',
      'SESSION_SECRETS',
      'TRUST_PROXY',
      'TENANT_ALLOW_REMOTE',
    ]);
  });

  it.each([
    'PUBLIC_URL',
    'AUTH0_DOMAIN',
    'AUTH0_CLIENT_ID',
    'AUTH0_CLIENT_SECRET',
    'AUTH0_API_AUDIENCE',
    'SESSION_SECRETS',
    'TRUST_PROXY',
  ])('does not start without %s, nor with an empty one', (name) => {
    expect(faultyNames({ ...production, [name]: undefined })).toEqual([name]);
    expect(faultyNames({ ...production, [name]: '' })).toEqual([name]);
  });

  it('refuses a plain http origin even on loopback', () => {
    expect(faultyNames({ ...production, PUBLIC_URL: 'http://localhost:3000' })).toEqual(['PUBLIC_URL']);
  });

  it('requires TRUST_PROXY, even without proxies', () => {
    expect(configOf({ ...production, TRUST_PROXY: 'none' }).trustProxy).toEqual({ cidrs: [] });
    expect(configOf({ ...production, TRUST_PROXY: '1' }).trustProxy).toEqual({ hops: 1 });
    expect(configOf(remote).trustProxy).toBeUndefined();
  });

  it.each([
    'localhost',
    'localhost:4400',
    'tenant.localhost:4400',
    '127.0.0.1:4400',
    '127.1.2.3',
    '[::1]:4400',
    '0.0.0.0',
    '[::]',
  ])('refuses the tenant %s of its own machine', (domain) => {
    expect(faultyNames({ ...production, AUTH0_DOMAIN: domain })).toEqual(['AUTH0_DOMAIN']);
    const management = {
      AUTH0_MGMT_CLIENT_ID: 'm',
      AUTH0_MGMT_CLIENT_SECRET: 'secret',
      AUTH0_MGMT_DOMAIN: domain,
    };
    expect(faultyNames({ ...production, ...management })).toEqual(['AUTH0_MGMT_DOMAIN']);
    expect(faultyNames({ ...remote, AUTH0_DOMAIN: domain })).toEqual([]);
  });

  it.each(['x'.repeat(40), 'changeme'.repeat(6), 'abc'.repeat(14), `${'12345678'.repeat(5)}12`])(
    'refuses the secret %s, a short text over and over',
    (secret) => {
      expect(faultyNames({ ...production, SESSION_SECRETS: secret })).toEqual(['SESSION_SECRETS']);
      const second = `${production.SESSION_SECRETS},${secret}`;
      expect(faultyNames({ ...production, SESSION_SECRETS: second })).toEqual(['SESSION_SECRETS']);
      expect(faultyNames({ ...production, AUTH0_CLIENT_SECRET: secret })).toEqual(['AUTH0_CLIENT_SECRET']);
      const management = { AUTH0_MGMT_CLIENT_ID: 'm', AUTH0_MGMT_CLIENT_SECRET: secret };
      expect(faultyNames({ ...production, ...management })).toEqual(['AUTH0_MGMT_CLIENT_SECRET']);
      expect(faultyNames({ SESSION_SECRETS: secret })).toEqual([]);
    },
  );

  it.each(['ALLOWED_ORIGINS', 'TOKEN_MODE_ORIGINS'])(
    'refuses origins over http in %s, but on loopback',
    (name) => {
      const list = 'https://app.example.com,http://app.example.com';
      expect(faultyNames({ ...production, [name]: list })).toEqual([name]);
      expect(faultyNames({ ...production, [name]: 'https://app.example.com,http://localhost:8100' })).toEqual(
        [],
      );
      expect(faultyNames({ ...remote, [name]: list })).toEqual([]);
    },
  );
});

describe('the revocation feed', () => {
  const management = { AUTH0_MGMT_CLIENT_ID: 'm', AUTH0_MGMT_CLIENT_SECRET: 'secret' };

  it.each(['logs', 'events'])('%s needs a client for the Management API', (REVOCATION_FEED) => {
    expect(faultyNames({ ...remote, REVOCATION_FEED })).toEqual(['REVOCATION_FEED']);
    expect(configOf({ ...remote, ...management, REVOCATION_FEED }).revocation.feed).toBe(REVOCATION_FEED);
    // The embedded tenant has such a client.
    expect(configOf({ REVOCATION_FEED }).revocation.feed).toBe(REVOCATION_FEED);
  });

  it('may be off without one, and is not decided by the configuration where it is not set', () => {
    expect(configOf({ ...remote, REVOCATION_FEED: 'off' }).revocation.feed).toBe('off');
    expect(configOf(remote).revocation).toEqual({ feed: undefined, pollS: 3 });
  });

  it.each(['on', 'LOGS', 'logs,events'])('cannot be %j', (REVOCATION_FEED) => {
    expect(faultyNames({ REVOCATION_FEED })).toEqual(['REVOCATION_FEED']);
  });

  it.each(['0', '61', '1.5', '-1', 'x'])('is not read every %s s', (REVOCATION_POLL_S) => {
    expect(faultyNames({ REVOCATION_POLL_S })).toEqual(['REVOCATION_POLL_S']);
  });
});

describe('the embedded tenant', () => {
  it('listens beyond loopback only if that is allowed', () => {
    expect(faultyNames({ TENANT_HOST: '0.0.0.0' })).toEqual(['TENANT_HOST']);
    const open = { TENANT_HOST: '0.0.0.0', TENANT_ALLOW_REMOTE: 'true' };
    expect(configOf(open).auth0.tenant).toMatchObject({ host: '0.0.0.0', allowRemote: true });
    for (const TENANT_HOST of ['::1', 'localhost', '127.0.0.2'])
      expect(faultyNames({ TENANT_HOST })).toEqual([]);
  });

  it('can run in another process at a name below localhost, over http', () => {
    const away = { ...remote, AUTH0_DOMAIN: 'tenant.localhost:4500' };
    const AUTH0_BASE_URL = 'http://tenant.localhost:4500';
    expect(configOf({ ...away, AUTH0_BASE_URL }).auth0.tenant).toMatchObject({
      kind: 'remote',
      baseUrl: AUTH0_BASE_URL,
    });
  });

  it('refuses the address of another tenant', () => {
    expect(faultyNames({ AUTH0_BASE_URL: 'https://edge.example.com' })).toEqual(['AUTH0_BASE_URL']);
  });

  it('can be read alone, despite faults of the gateway’s settings', () => {
    const settings = { host: '127.0.0.1', port: 0, dataFile: ':memory:', seedFile: `${cwd}/seed.yaml` };
    const environment = { PORT: 'x', AUTH0_DOMAIN: 'https://x', TENANT_TIMEOUT_MS: '-1' };
    const own = { TENANT_PORT: '0', TENANT_DATA: ':memory:', TENANT_SEED: 'seed.yaml' };
    expect(readTenantSettings({ ...environment, ...own }, { cwd })).toEqual({
      ok: true,
      production: false,
      settings: { ...settings, domain: 'localhost', scheme: 'https', allowRemote: false },
    });
    expect(readTenantSettings({ ...environment, TENANT_PORT: 'y' }, { cwd })).toMatchObject({
      ok: false,
      faults: [{ name: 'TENANT_PORT' }],
    });
  });
});

const warned = (name: string) => read({ [name]: 'secret-value' }).warnings;

describe('an unknown variable', () => {
  it.each([
    ['AUTH0_DOMIAN', 'AUTH0_DOMAIN'],
    ['AUTH0_CLIENT_SECRT', 'AUTH0_CLIENT_SECRET'],
    ['AUTH0_AUDIENCE', 'AUTH0_API_AUDIENCE'],
    ['AUTH0_CLIENT_IDS_FILE', 'AUTH0_CLIENT_ID_FILE'],
    ['SESSION_SECRET', 'SESSION_SECRETS'],
    ['SESSION_SECRET_FILE', 'SESSION_SECRETS_FILE'],
    ['TRUST_PROXYS', 'TRUST_PROXY'],
    ['PROT', 'PORT'],
    ['port', 'PORT'],
    ['GATEHOUSE_PORT', 'PORT'],
    ['GATEHOUSE_LOG_LEVEL', 'LOG_LEVEL'],
  ])('%s causes a warning that suggests %s', (name, nearest) => {
    expect(warned(name)).toEqual([{ name, message: expect.stringMatching(new RegExp(`\\b${nearest}$`)) }]);
  });

  it.each(['AUTH0_CONTRACT_DOMAIN', 'AUTH0_CLIENT_SECRET_FILE', 'HOME', 'MORE', 'PATH', 'MY_AUTH0_DOMAIN'])(
    '%s earns none',
    (name) => expect(warned(name)).toEqual([]),
  );

  // Every single typo in every name, and some double ones.
  it.each(VARIABLE_NAMES)('%s: every typo of one or two letters causes a warning', (name) => {
    const typos = new Set([`${name}S`, `X${name}`, `${name}XY`, name.slice(0, -1), name.slice(2)]);
    for (let i = 0; i < name.length; i++) {
      typos.add(name.slice(0, i) + name.slice(i + 1));
      typos.add(`${name.slice(0, i)}Q${name.slice(i + 1)}`);
      typos.add(`${name.slice(0, i)}${name[i + 1] ?? ''}${name[i]}${name.slice(i + 2)}`);
    }
    for (const typo of typos) {
      if (VARIABLE_NAMES.some((known) => known === typo)) continue;
      expect(warned(typo), typo).toMatchObject([{ name: typo }]);
    }
  });

  it('always causes a warning in .env, because only the gateway reads that file', () => {
    const folder = makeFolder({ '.env': 'COMPOSE_PROJECT_NAME=x\nPORT=4000\nAUTH0_CONTRACT_DOMAIN=y\n' });
    expect(readConfig({ HOSTNAME: 'h' }, { cwd: folder }).warnings).toEqual([
      {
        name: 'COMPOSE_PROJECT_NAME',
        message: expect.stringContaining('is not a known variable; the nearest known name is'),
      },
    ]);
  });

  it('of a usual shell causes no warning', () => {
    const ordinary =
      'HOME HOSTNAME LANG LC_ALL LOGNAME MAIL NODE NODE_OPTIONS NODE_PATH OLDPWD PAGER PATH PWD SHELL';
    const names = `${ordinary} SHLVL TERM TMPDIR TZ USER XDG_RUNTIME_DIR _ CI NO_COLOR npm_command http_proxy NO_PROXY`;
    for (const name of names.split(' ')) expect(warned(name), name).toEqual([]);
  });
});
