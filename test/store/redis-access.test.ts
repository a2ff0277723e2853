import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Certificates, issueCertificates } from '../../packages/tenant/test/support/certificates.ts';
import { createTravelClock, systemClock } from '../../src/lib/clock.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { StoreEvent } from '../../src/store/redis-events.ts';
import type { Store } from '../../src/store/store.ts';
import { eventually } from '../support/eventually.ts';
import { makeFolder } from '../support/folder.ts';
import { type RedisUnderTest, startRedis } from '../support/redis.ts';
import { describeWith } from '../support/requirements.ts';
import { limitContract } from './contract/limits.ts';
import { revocationContract } from './contract/revocation.ts';
import { sessionContract } from './contract/sessions.ts';
import { open, parseLocation, type StoreUnderTest } from './contract/target.ts';

/** What the page about Redis tells an operator to allow. */
const ALLOWED = /`ACL SETUSER gatehouse on >password (?<rules>[^`]*)`/.exec(
  readFileSync('docs/how-to/redis.md', 'utf8'),
)?.groups?.['rules'];

describeWith('redis', 'a Redis server with TLS and a user with few rights', () => {
  const clock = createTravelClock();
  const authorities = getCACertificates('default');
  let certificates: Certificates;
  let redis: RedisUnderTest;
  let target: StoreUnderTest & { other: Store };
  beforeAll(async () => {
    certificates = await issueCertificates(systemClock);
    const folder = makeFolder();
    const write = (name: string, text: string): string => {
      const file = path.join(folder, name);
      writeFileSync(file, text, { mode: 0o600 });
      return file;
    };
    const files = {
      '--tls-cert-file': write('cert.pem', certificates.certPem),
      '--tls-key-file': write('key.pem', certificates.keyPem),
      '--tls-ca-cert-file': write('ca.pem', certificates.caPem),
      '--tls-auth-clients': 'no',
      '--requirepass': 'admin-password',
    };
    redis = await startRedis(Object.entries(files).flat(), {
      tls: { ca: certificates.caPem },
      password: 'admin-password',
    });
    await redis.command('ACL', 'SETUSER', 'gatehouse', 'on', '>pass@word', ...(ALLOWED?.split(' ') ?? []));
    setDefaultCACertificates([...authorities, certificates.caPem]);
    const location = parseLocation(`rediss://gatehouse:pass%40word@localhost:${redis.port}`);
    target = { clock, store: await open(location, clock), other: await open(location, clock) };
  });
  afterAll(async () => {
    setDefaultCACertificates(authorities);
    await target.store.close();
    await target.other.close();
    await redis.close();
  });

  describe('serves', () => {
    sessionContract(() => target);
    limitContract(() => target);
    revocationContract(() => target);
  });

  it('supports locks, marks and pings', async () => {
    const { store } = target;
    expect(await store.locks.acquire('a', 'me', 60_000)).toBe(true);
    await store.locks.release('a', 'me');
    expect(await store.replayStore.consumeOnce('a', 60_000)).toBe(true);
    await store.replayStore.remember('b', 60_000);
    expect(await store.replayStore.isRemembered('b')).toBe(true);
    await store.ping();
  });

  it('refused no command: the page about Redis names all required rights', async () => {
    expect(ALLOWED).toContain('~gatehouse:*');
    expect(await redis.command('ACL', 'LOG')).toEqual([]);
  });

  it('is not trusted without its certificate authority, and the event contains the reason', async () => {
    setDefaultCACertificates(authorities);
    const events: StoreEvent[] = [];
    const location = parseLocation(`rediss://gatehouse:pass%40word@localhost:${redis.port}`);
    const store = await openStore(location, clock, (event) => events.push(event));
    await expect(store.ping()).rejects.toMatchObject({ code: 'store_unavailable' });
    await eventually(() => events).toMatchObject([
      { type: 'lost', reason: expect.stringMatching(/self-signed|issuer|verify/) },
    ]);
    await store.close();
    setDefaultCACertificates([...authorities, certificates.caPem]);
  });

  it('refuses a user with fewer rights, and the error does not contain the password', async () => {
    await redis.command(
      'ACL',
      'SETUSER',
      'reader',
      'on',
      '>reader-password',
      '~gatehouse:*',
      '+hmget',
      '+info',
    );
    const store = await open(parseLocation(`rediss://reader:reader-password@localhost:${redis.port}`), clock);
    const error = await store.locks.acquire('a', 'me', 1000).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'store_unavailable' });
    expect(String((error as Error).cause)).toMatch(/NOPERM/);
    expect(String((error as Error).cause)).not.toContain('reader-password');
    await store.close();
  });
});

describeWith('redis', 'a Redis server', () => {
  it('is reported at its start only if it evicts keys', async () => {
    const readEvents = async (settings: readonly string[]): Promise<StoreEvent[]> => {
      const redis = await startRedis(settings);
      const events: StoreEvent[] = [];
      const store = await openStore(parseLocation(redis.url), systemClock, (event) => events.push(event));
      await store.ping();
      if (settings.length > 0) await eventually(() => events).toHaveLength(1);
      await store.close();
      await redis.close();
      return events;
    };
    expect(await readEvents(['--maxmemory-policy', 'allkeys-lru'])).toEqual([
      { type: 'evicting', policy: 'allkeys-lru' },
    ]);
    expect(await readEvents([])).toEqual([]);
  });
});
