import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser, locationOf } from '../support/browser.ts';
import { type ManagedTenant, startManagedTenant } from '../support/management.ts';
import { directory, password } from '../support/seed.ts';
import { fresh, stores } from '../support/start-test-tenant.ts';

const ann = 'auth0|ann-id';

describe.each(stores)('tickets, jobs, logs, blocks and factors in the Management API (%s)', (store) => {
  let t: ManagedTenant;
  beforeAll(async () => {
    t = await startManagedTenant(store);
  });
  afterAll(() => t.close());

  async function newUser() {
    const email = `${fresh()}@example.com`;
    const { user_id = '' } = await t.management.users.create({
      connection: directory,
      email,
      password,
      verify_email: false,
    });
    return { user_id, email };
  }
  async function listed<Item>(page: Promise<AsyncIterable<Item>>): Promise<Item[]> {
    const items: Item[] = [];
    for await (const item of await page) items.push(item);
    return items;
  }
  const pathOf = (id: string) => `/users/${encodeURIComponent(id)}`;
  const signIn = (username: string, secret: string) => t.signIn('strict', { username, password: secret });

  it('a verification ticket is a link that verifies, and redirects to its result_url', async () => {
    const { user_id, email } = await newUser();
    const { ticket } = await t.management.tickets.verifyEmail({
      user_id,
      result_url: 'http://localhost:4777/verified?keep=1',
      includeEmailInRedirect: true,
    });
    expect(ticket).toMatch(/\?ticket=[\w-]{43}#$/);
    expect(t.tenant.context.inbox.list({ to: email })).toEqual([]);
    const browser = createBrowser();
    const landed = locationOf(await browser.submit(await browser.open(new URL(ticket)), {}));
    expect(`${landed.origin}${landed.pathname}`).toBe('http://localhost:4777/verified');
    expect(Object.fromEntries(landed.searchParams)).toMatchObject({ keep: '1', success: 'true', email });
    expect(await t.management.users.get(user_id)).toMatchObject({ email_verified: true });
    expect((await browser.open(new URL(ticket))).status).toBe(400);
  });

  it('a password ticket changes the password, can verify the address, and redirects', async () => {
    const { user_id, email } = await newUser();
    const { ticket } = await t.management.tickets.changePassword({
      user_id,
      mark_email_as_verified: true,
      result_url: 'http://localhost:4777/changed',
    });
    const browser = createBrowser();
    const page = await browser.open(new URL(ticket));
    const other = 'Another-Horse-2';
    const landed = locationOf(await browser.submit(page, { password: other, password_confirm: other }));
    expect(landed.href).toContain('http://localhost:4777/changed?success=true');
    expect(landed.searchParams.get('email')).toBeNull();
    expect((await signIn(email, other)).status).toBe(200);
    expect(await t.management.users.get(user_id)).toMatchObject({ email_verified: true });
  });

  it('a password ticket can be created by address and connection, with its own lifetime', async () => {
    const { email } = await newUser();
    const connection = t.stored.connections.find('name', directory)[0];
    const { ticket } = await t.management.tickets.changePassword({
      email,
      connection_id: connection?.id ?? '',
      ttl_sec: 60,
    });
    t.clock.offsetS += 61;
    const page = await createBrowser().open(new URL(ticket));
    t.clock.offsetS -= 61;
    expect(page.status).toBe(400);
  });

  it.each([
    ['/tickets/password-change', {}, 400, 'invalid_body'],
    ['/tickets/password-change', { user_id: 'auth0|nobody' }, 404, 'inexistent_user'],
    ['/tickets/password-change', { user_id: ann, result_url: 'javascript:alert(1)' }, 400, 'invalid_body'],
    ['/tickets/email-verification', { user_id: 'auth0|nobody' }, 404, 'inexistent_user'],
    ['/jobs/verification-email', { user_id: 'auth0|nobody' }, 404, 'inexistent_user'],
    ['/jobs/verification-email', {}, 400, 'invalid_body'],
  ])('POST %s %j answers %i %s', async (path, body, statusCode, errorCode) => {
    expect((await t.manage('POST', path, body)).json).toMatchObject({ statusCode, errorCode });
  });

  it('a verification job is pending, mails the link, and is completed', async () => {
    const { user_id, email } = await newUser();
    const job = await t.management.jobs.verificationEmail.create({ user_id });
    expect(job).toMatchObject({ type: 'verification_email', status: 'pending' });
    expect(t.tenant.context.inbox.list({ to: email })).toMatchObject([{ kind: 'verify_email' }]);
    expect(await t.management.jobs.get(job.id ?? '')).toEqual({ ...job, status: 'completed' });
    expect((await t.manage('GET', '/jobs/job_none')).status).toBe(404);
  });

  it('the log is read newest first, searched, and paged from an entry', async () => {
    const { email, user_id } = await newUser();
    await signIn(email, 'wrong');
    await signIn(email, password);
    const ofUser = await listed(t.management.users.logs.list(user_id, { per_page: 1 }));
    expect(ofUser.map(({ type }) => type)).toEqual(['sepft', 's', 'fp']);
    const found = await listed(t.management.logs.list({ search: `type:fp AND user_id:"${user_id}"` }));
    expect(found).toMatchObject([{ type: 'fp', user_id, log_id: expect.any(String) }]);
    const [failed] = found;
    expect(await t.management.logs.get(failed?.log_id ?? '')).toEqual(failed);
    const later = await t.manage('GET', `/logs?from=${failed?.log_id}&take=1`);
    expect(JSON.parse(later.text)).toMatchObject([{ type: 's' }]);
    const oldest = await t.manage('GET', '/logs?sort=date:1&per_page=1&fields=date,type');
    expect(JSON.parse(oldest.text)).toEqual([{ type: expect.any(String), date: expect.any(String) }]);
    expect((await t.manage('GET', '/logs/none')).status).toBe(404);
  });

  it('brute-force blocks can be read and removed, by id and by identifier', async () => {
    const { user_id, email } = await newUser();
    const block = async () => {
      for (let tries = 0; tries < 10; tries++) await signIn(email, 'wrong');
      expect((await signIn(email, password)).status).toBe(429);
    };
    expect(await t.management.userBlocks.list(user_id)).toEqual({ blocked_for: [] });
    await block();
    const { blocked_for = [] } = await t.management.userBlocks.list(user_id);
    expect(blocked_for).toMatchObject([{ identifier: email, ip: '127.0.0.1' }]);
    expect(await t.management.userBlocks.listByIdentifier({ identifier: email })).toEqual({ blocked_for });
    await t.management.userBlocks.delete(user_id);
    expect((await signIn(email, password)).status).toBe(200);
    await block();
    await t.management.userBlocks.deleteByIdentifier({ identifier: email });
    expect((await signIn(email, password)).status).toBe(200);
    expect((await t.manage('GET', '/user-blocks?identifier=nobody')).status).toBe(404);
  });

  it('the preferred method of a phone is changed for good', async () => {
    const { user_id } = await newUser();
    const methods = t.management.users.authenticationMethods;
    const { id = '' } = await methods.create(user_id, { type: 'phone', phone_number: '+15550100778' });
    const changed = await methods.update(user_id, id, {
      name: 'Mine',
      preferred_authentication_method: 'voice',
    });
    const expected = { type: 'phone', name: 'Mine', preferred_authentication_method: 'voice' };
    expect(changed).toMatchObject(expected);
    expect(await listed(methods.list(user_id))).toMatchObject([expected]);
  });

  it('second factors are created, shown without their secrets, and removed', async () => {
    const { user_id } = await newUser();
    const methods = t.management.users.authenticationMethods;
    const totp_secret = 'JBSWY3DPEHPK3PXP';
    const totp = await methods.create(user_id, { type: 'totp', totp_secret });
    await methods.create(user_id, { type: 'phone', phone_number: '+15550100777' });
    const all = await listed(methods.list(user_id));
    expect(all).toMatchObject([
      { type: 'totp', confirmed: true },
      { type: 'phone', phone_number: '+15550100777', preferred_authentication_method: 'sms' },
    ]);
    expect(JSON.stringify(all)).not.toContain(totp_secret);
    expect(await methods.get(user_id, totp.id ?? '')).toEqual(all[0]);
    const enrollments = await t.manage('GET', `${pathOf(user_id)}/enrollments`);
    expect(JSON.parse(enrollments.text)).toMatchObject([
      { status: 'confirmed', auth_method: 'authenticator' },
      {},
    ]);
    await methods.delete(user_id, totp.id ?? '');
    expect(await listed(methods.list(user_id))).toMatchObject([{ type: 'phone' }]);
    await t.management.users.authenticators.deleteAll(user_id);
    expect(await listed(methods.list(user_id))).toEqual([]);
    expect((await t.manage('GET', `${pathOf(user_id)}/authentication-methods/none`)).status).toBe(404);
  });
});
