import { X509Certificate } from 'node:crypto';
import { ManagementClient } from 'auth0';
import { decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ManagedTenant, startManagedTenant } from '../support/management.ts';
import { api } from '../support/seed.ts';
import { stores, textOf } from '../support/start-test-tenant.ts';

describe.each(stores)('signing keys in the Management API (%s)', (store) => {
  let t: ManagedTenant;
  beforeEach(async () => {
    t = await startManagedTenant(store);
  });
  afterEach(() => t.close());

  const machineToken = async () =>
    textOf(await t.token('machine', { grant_type: 'client_credentials', audience: api }), 'access_token');
  const kidOf = async () => decodeProtectedHeader(await machineToken()).kid;
  const listed = async () => (await t.get('/.well-known/jwks.json')).text;
  /** With a token of the current key. */
  const freshKeys = async () =>
    new ManagementClient({ domain: t.tenant.domain, token: await t.managementToken(), maxRetries: 0 }).keys
      .signing;

  it('the current key is first, and each key has its certificate', async () => {
    const { signing } = t.management.keys;
    const [current, next, ...more] = await signing.list();
    expect([current, next]).toMatchObject([{ current: true }, { next: true }]);
    expect(more).toEqual([]);
    expect(await kidOf()).toBe(current?.kid);
    expect(await signing.get(current?.kid ?? '')).toEqual(current);
    expect(new X509Certificate(current?.cert ?? '').fingerprint).toBe(current?.fingerprint);
    expect(JSON.stringify(current)).not.toContain('PRIVATE');
    await expect(signing.get('none')).rejects.toMatchObject({
      statusCode: 404,
      body: { errorCode: 'inexistent_signing_key' },
    });
  });

  it('rotation makes the next key current, and a revoked previous key invalidates its tokens', async () => {
    const { signing } = t.management.keys;
    const [before, next] = await signing.list();
    expect(await signing.rotate()).toEqual({ kid: next?.kid, cert: next?.cert });
    expect(await kidOf()).toBe(next?.kid);
    expect(await listed()).toContain(before?.kid);
    await expect(signing.revoke(next?.kid ?? '')).rejects.toMatchObject({ statusCode: 400 });

    expect(await signing.revoke(before?.kid ?? '')).toEqual({ kid: before?.kid, cert: before?.cert });
    expect(await listed()).not.toContain(before?.kid);
    await expect(signing.list()).rejects.toMatchObject({ statusCode: 401 });
    expect((await (await freshKeys()).list()).map(({ kid }) => kid)).not.toContain(before?.kid);
  });

  it('two parallel rotations leave one current and one next key', async () => {
    const { signing } = t.management.keys;
    await Promise.all([signing.rotate(), signing.rotate()]);
    const keys = await signing.list();
    expect(keys.filter(({ current }) => current)).toHaveLength(1);
    expect(keys.filter(({ next }) => next)).toHaveLength(1);
  });

  it('parallel revocations and rotations leave one current and one next key', async () => {
    const state = t.stored;
    const takeOut = ({ kid }: { readonly kid: string }) =>
      fetch(`${t.tenant.origin}/_tenant/keys/${kid}`, {
        method: 'DELETE',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
    const rotate = () => t.post('/_tenant/keys/rotate', {});
    const answers = await Promise.all([...state.signingKeys.list().map(takeOut), rotate(), rotate()]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    await Promise.all(state.signingKeys.list().map(takeOut));
    expect(state.signingKeys.list().map(({ age }) => age)).toEqual(['current', 'next']);
    expect(await kidOf()).toBe(state.signingKeys.list()[0]?.kid);
    expect(t.warnings).toEqual([]);
  });
});
