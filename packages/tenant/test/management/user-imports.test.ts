import { argon2Sync, pbkdf2Sync, scryptSync } from 'node:crypto';
import { hashSync } from 'bcryptjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toPhc } from '../../src/passwords/phc.ts';
import { type ManagedTenant, startManagedTenant } from '../support/management.ts';
import { directory } from '../support/seed.ts';
import { fresh, stores } from '../support/start-test-tenant.ts';

const password = 'Brought-Along-7';
const salt = Buffer.from('0123456789abcdef');
const argon2 = { message: password, nonce: salt, memory: 1024, passes: 2, parallelism: 1, tagLength: 32 };
const hashes = {
  'password_hash by bcrypt': { password_hash: hashSync(password, 4) },
  bcrypt: custom('bcrypt', hashSync(password, 4)),
  argon2: custom('argon2', toPhc('argon2id$v=19$m=1024,t=2,p=1', salt, argon2Sync('argon2id', argon2))),
  pbkdf2: custom(
    'pbkdf2',
    toPhc('pbkdf2-sha512$i=1000,l=64', salt, pbkdf2Sync(password, salt, 1000, 64, 'sha512')),
  ),
  scrypt: {
    custom_password_hash: {
      algorithm: 'scrypt',
      hash: { value: scryptSync(password, 'pepper', 32, { N: 4096 }).toString('hex'), encoding: 'hex' },
      salt: { value: 'pepper' },
      keylen: 32,
      cost: 4096,
    },
  },
};

function custom(algorithm: string, value: string) {
  return { custom_password_hash: { algorithm, hash: { value, encoding: 'utf8' } } };
}

describe.each(stores)('a bulk import of users on %s', (store) => {
  let t: ManagedTenant;
  let connection_id: string;
  beforeAll(async () => {
    t = await startManagedTenant(store);
    connection_id = t.stored.connections.find('name', directory)[0]?.id ?? '';
  });
  afterAll(() => t.close());

  const address = (name = 'imported') => `${fresh(name)}@example.com`;

  async function post(parts: Record<string, string | Blob>) {
    const body = new FormData();
    for (const [name, value] of Object.entries(parts)) body.append(name, value);
    const token = await t.managementToken();
    const response = await fetch(`${t.tenant.origin}/api/v2/jobs/users-imports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body,
    });
    // oxlint-disable-next-line typescript/no-explicit-any -- tests assert on every member that they read
    const json: any = await response.json();
    return { status: response.status, json };
  }

  /** Runs an import with Auth0's own client. */
  async function run(users: readonly unknown[], more: { readonly upsert?: boolean } = {}) {
    const { jobs } = t.management;
    const file = Buffer.from(JSON.stringify(users));
    const { id } = await jobs.usersImports.create({ users: file, connection_id, ...more });
    const job = await jobs.get(id);
    const errors = job.summary?.failed ? await jobs.errors.get(id) : [];
    return { job, errors };
  }

  const signIn = (username: string, parameters: Record<string, unknown> = {}) =>
    t.signIn('strict', { username, password, ...parameters });
  const hashOf = (userId: string) => t.stored.credentials.get(userId)?.hash ?? '';

  it('answers 202 with a pending job, which is completed when it is read', async () => {
    const email = address();
    const { status, json } = await post({
      users: new Blob([JSON.stringify([{ email }])], { type: 'application/json' }),
      connection_id,
      external_id: 'mine',
      send_completion_email: 'false',
    });
    expect(status).toBe(202);
    expect(json).toEqual({
      id: expect.stringMatching(/^job_\w{16}$/),
      type: 'users_import',
      status: 'pending',
      created_at: expect.any(String),
      connection_id,
      connection: directory,
      upsert: false,
      external_id: 'mine',
      send_completion_email: false,
    });
    const later = await t.manage('GET', `/jobs/${json.id}`);
    expect(later.json).toMatchObject({
      status: 'completed',
      percentage_done: 100,
      summary: { failed: 0, updated: 0, inserted: 1, total: 1 },
    });
    expect(await t.manage('GET', `/jobs/${json.id}/errors`)).toMatchObject({ status: 204, text: '' });
  });

  it.each(Object.entries(hashes))(
    'users sign in with their old password, by %s, and get a hash in the tenant’s format',
    async (_kind, hash) => {
      const email = address();
      const user_id = fresh('old');
      expect((await run([{ email, user_id, ...hash }])).job.summary).toMatchObject({
        inserted: 1,
        failed: 0,
      });
      expect(t.tenant.context.passwords.isForeign(hashOf(`auth0|${user_id}`))).toBe(true);
      expect((await signIn(email, { password: 'wrong' })).status).toBe(403);
      expect(t.tenant.context.passwords.isForeign(hashOf(`auth0|${user_id}`))).toBe(true);
      expect((await signIn(email)).status).toBe(200);
      expect(t.tenant.context.passwords.isForeign(hashOf(`auth0|${user_id}`))).toBe(false);
      expect((await signIn(email)).status).toBe(200);
      expect((await signIn(email, { password: 'wrong' })).status).toBe(403);
    },
  );

  it('parallel first sign-ins of one user all succeed', async () => {
    const email = address();
    await run([{ email, ...hashes.bcrypt }]);
    const answers = await Promise.all(Array.from({ length: 8 }, () => signIn(email)));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
  });

  it('imports profile, metadata, blocks and second factors', async () => {
    const email = address();
    const user_id = fresh('whole');
    await run([
      {
        email: email.toUpperCase(),
        user_id,
        email_verified: true,
        given_name: 'Ada',
        user_metadata: { theme: 'light' },
        app_metadata: { plan: 'premium' },
        mfa_factors: [
          { totp: { secret: 'JBTWY3DPEHPK3PNP' } },
          { phone: { value: '+15551234567' } },
          { email: { value: 'other@example.com' } },
        ],
        ...hashes.bcrypt,
      },
      { email: address(), user_id: `${user_id}-b`, blocked: true, ...hashes.bcrypt },
    ]);
    expect(await t.management.users.get(`auth0|${user_id}`)).toMatchObject({
      email,
      email_verified: true,
      given_name: 'Ada',
      user_metadata: { theme: 'light' },
      app_metadata: { plan: 'premium' },
      identities: [{ connection: directory, user_id, provider: 'auth0', isSocial: false }],
    });
    const state = t.stored;
    const channels = state.authenticators
      .find('user_id', `auth0|${user_id}`)
      .map((own) => own.oob_channel ?? own.authenticator_type);
    expect(channels).toEqual(['otp', 'sms', 'voice', 'email']);
    expect((await signIn(email)).json).toMatchObject({ error: 'mfa_required' });
    expect(state.users.get(`auth0|${user_id}-b`)?.blocked).toBe(true);
  });

  it('an error is reported for its user, without secrets, and the others are imported', async () => {
    const [good, twice] = [address(), address()];
    const { job, errors } = await run([
      { email: good },
      { email: 'nope' },
      { email: address(), nickname: 7, colour: 'red' },
      {
        email: address(),
        custom_password_hash: { algorithm: 'md5', hash: { value: 'c0ffee', encoding: 'hex' } },
      },
      { email: address(), custom_password_hash: { algorithm: 'rot13', hash: { value: 'x' } } },
      { email: address(), password_hash: `$2b$16$${'a'.repeat(53)}` },
      { email: address(), password_hash: hashSync(password, 4), ...hashes.argon2 },
      { email: address(), app_metadata: { user_id: 'x' } },
      { email: address(), mfa_factors: [{ totp: { secret: 'nobase32' } }] },
      { given_name: 'Nobody' },
      { email: twice },
      { email: twice.toUpperCase() },
      'no user',
      null,
    ]);
    expect(job.status).toBe('completed');
    expect(job.summary).toEqual({ failed: 12, updated: 0, inserted: 2, total: 14 });
    const reported = (
      errors as { user: unknown; errors: { code: string; path?: string; message: string }[] }[]
    ).map((entry) => entry.errors.map(({ code, path }) => (path === undefined ? code : `${code} ${path}`)));
    expect(reported).toEqual([
      ['INVALID_FORMAT email'],
      ['INVALID_TYPE nickname', 'OBJECT_ADDITIONAL_PROPERTIES'],
      ['NOT_PASSED custom_password_hash'],
      ['ENUM_MISMATCH custom_password_hash.algorithm'],
      ['NOT_PASSED password_hash'],
      ['NOT_PASSED custom_password_hash'],
      ['NOT_PASSED app_metadata'],
      ['PATTERN mfa_factors.0.totp.secret'],
      ['ANY_OF_MISSING'],
      ['DUPLICATED_USER'],
      ['INVALID_TYPE'],
      ['INVALID_TYPE'],
    ]);
    const text = JSON.stringify(errors);
    expect(text).toContain('hashed by md5');
    for (const secret of ['c0ffee', '$2b$', '$argon2', 'nobase32']) expect(text).not.toContain(secret);
  });

  it('without upsert existing users fail; with it they are updated', async () => {
    const email = address();
    const user = { email, user_id: fresh('u'), given_name: 'Old', user_metadata: { a: 1, b: 2 } };
    await run([user]);
    const again = await run([{ ...user, given_name: 'New' }]);
    expect(again.job.summary).toMatchObject({ failed: 1, inserted: 0 });
    expect(JSON.stringify(again.errors)).toContain('CONFLICT_EMAIL');
    const changed = { email, given_name: 'New', blocked: true, user_metadata: { a: 3 }, ...hashes.bcrypt };
    expect((await run([changed], { upsert: true })).job.summary).toMatchObject({ updated: 1, failed: 0 });
    const after = await t.management.users.get(`auth0|${user.user_id}`);
    expect(after).toMatchObject({ given_name: 'New', user_metadata: { a: 3 } });
    expect(after.blocked).toBeUndefined();
    expect((await signIn(email)).status).toBe(200);
    // A user who has signed in keeps their password.
    const other = custom('bcrypt', hashSync('Another-7', 4));
    expect((await run([{ email, ...other }], { upsert: true })).job.summary).toMatchObject({ updated: 1 });
    expect((await signIn(email)).status).toBe(200);
    const renamed = await run([{ email, user_id: 'somebody-else' }], { upsert: true });
    expect(renamed.job.summary).toMatchObject({ failed: 1, updated: 0 });
  });

  it.each([
    ['no JSON', '{'],
    ['no list', '{"email":"a@example.com"}'],
  ])('a file that is %s makes the job fail', async (_what, users) => {
    const { status, json } = await post({ users, connection_id });
    expect(status).toBe(202);
    const failed = {
      status: 'failed',
      status_details: expect.stringContaining('Failed to parse users file'),
    };
    expect((await t.manage('GET', `/jobs/${json.id}`)).json).toMatchObject(failed);
    expect((await t.manage('GET', `/jobs/${json.id}/errors`)).json).toMatchObject(failed);
  });

  it('an incomplete or malformed form answers 400, a file that is too large 413', async () => {
    expect((await post({ users: '[]' })).json).toMatchObject({ statusCode: 400, errorCode: 'invalid_body' });
    expect((await post({ users: '[]', connection_id: 'con_none' })).json).toMatchObject({
      statusCode: 400,
      errorCode: 'inexistent_connection',
    });
    expect((await post({ users: '[]', connection_id, upsert: 'perhaps' })).status).toBe(400);
    const email = t.stored.connections.find('name', 'email')[0]?.id ?? '';
    expect((await post({ users: '[]', connection_id: email })).status).toBe(400);
    expect((await post({ users: `[${' '.repeat(512_001)}]`, connection_id })).status).toBe(413);
    expect((await post({ users: `[${' '.repeat(2_000_000)}]`, connection_id })).status).toBe(413);
    const asJson = await t.manage('POST', '/jobs/users-imports', { users: [], connection_id });
    expect(asJson.status).toBe(415);
    const broken = await t.manage('POST', '/jobs/users-imports', 'no form at all', {
      'content-type': 'multipart/form-data; boundary=x',
    });
    expect(broken.json).toMatchObject({ statusCode: 400, errorCode: 'invalid_body' });
  });

  it('needs create:users', async () => {
    const token = await t.managementToken('read:users');
    const body = new FormData();
    body.append('users', '[]');
    body.append('connection_id', connection_id);
    const headers = { authorization: `Bearer ${token}` };
    const url = `${t.tenant.origin}/api/v2/jobs/users-imports`;
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(403);
  });
});
