import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser, type Page } from './support/browser.ts';
import { type ManagedTenant, startManagedTenant } from './support/management.ts';
import { password } from './support/seed.ts';

const PATH = '/guardian/enrollments/ticket';
const secret = 'JBSWY3DPEHPK3PXP';
const user = (name: string, more: object = {}) => ({
  user_id: name,
  email: `${name}@example.com`,
  password,
  ...more,
});

describe('tickets to enrol a second factor', () => {
  let t: ManagedTenant;
  beforeAll(async () => {
    t = await startManagedTenant('memory', {
      users: [
        ...['ann', 'ben', 'cid', 'dan', 'eve', 'fay', 'gus'].map((name) => user(name)),
        user('owner', { mfa: { totp_secret: secret } }),
      ],
    });
  });
  afterAll(() => t.close());

  const plain = ({ text }: Page) => text.replaceAll(/<[^>]+>|\s/g, '');
  const codeOf = (page: Page) =>
    TOTP.generate({
      secret: Secret.fromBase32(/[A-Z2-7]{32}/.exec(plain(page))?.[0] ?? ''),
      timestamp: t.clock.now(),
    });
  const ticketFor = async (name: string, more: object = {}): Promise<string> => {
    const { status, json } = await t.manage('POST', PATH, { user_id: `auth0|${name}`, ...more });
    expect(status).toBe(200);
    expect(Object.keys(json)).toEqual(['ticket_id', 'ticket_url']);
    return String(json.ticket_url);
  };
  const methodsOf = async (name: string): Promise<unknown[]> => {
    const { text } = await t.manage('GET', `/users/auth0%7C${name}/authentication-methods`);
    return (JSON.parse(text) as { type: string; confirmed: boolean }[])
      .filter(({ confirmed }) => confirmed)
      .map(({ type }) => type);
  };

  it('the user sets a factor up, gets a recovery code, and the link works no more', async () => {
    const url = await ticketFor('ann');
    const browser = createBrowser();
    const choice = await browser.open(url);
    expect(choice.forms[0]?.buttons.map(({ value }) => value)).toContain('otp');
    const set = await browser.submit(choice, { factor: 'otp' });
    const shown = await browser.submit(set, { code: codeOf(set), action: 'enrol' });
    expect(shown.text).toContain('Keep your recovery code');
    const done = await browser.submit(shown, { saved: 'yes', action: 'saved' });
    expect([done.status, plain(done)]).toEqual([200, expect.stringContaining('Yoursecondfactorissetup')]);
    expect(await methodsOf('ann')).toEqual(expect.arrayContaining(['totp', 'recovery-code']));
    expect((await browser.open(url)).status).toBe(400);
    expect((await browser.open(choice.url)).status).toBe(400);
  });

  it('a ticket for one factor shows that factor, and the code that it sends confirms it', async () => {
    const browser = createBrowser();
    const asked = await browser.open(await ticketFor('ben', { factor: 'phone' }));
    const sent = await browser.submit(asked, { phone_number: '+15550107000', action: 'enrol' });
    const code = t.tenant.context.inbox.list({ to: '+15550107000' }).at(-1)?.code ?? '';
    const wrong = await browser.submit(sent, {
      code: code === '111111' ? '222222' : '111111',
      action: 'continue',
    });
    expect(wrong.status).toBe(400);
    await browser.submit(wrong, { code, action: 'continue' });
    expect(await methodsOf('ben')).toContain('phone');
  });

  it('the mail goes to the given address, otherwise to that of the user', async () => {
    const url = await ticketFor('cid', { send_mail: true });
    const mailed = await ticketFor('cid', { send_mail: true, email: 'other@example.com' });
    const linksTo = (to: string) =>
      t.tenant.context.inbox.list({ to }).map(({ kind, link }) => ({ kind, link }));
    expect(linksTo('cid@example.com')).toEqual([{ kind: 'enrollment_email', link: url }]);
    expect(linksTo('other@example.com')).toEqual([{ kind: 'enrollment_email', link: mailed }]);
  });

  it('a user with a second factor enrols another only if the ticket allows it', async () => {
    const refused = await createBrowser().open(await ticketFor('owner', { factor: 'otp' }));
    expect([refused.status, plain(refused)]).toEqual([400, expect.stringContaining('Nothingtosetup')]);
    const url = await ticketFor('owner', { factor: 'email', allow_multiple_enrollments: true });
    const browser = createBrowser();
    const asked = await browser.open(url);
    const sent = await browser.submit(asked, { email: 'owner-2@example.com', action: 'enrol' });
    const code = t.tenant.context.inbox.list({ to: 'owner-2@example.com' }).at(-1)?.code ?? '';
    const done = await browser.submit(sent, { code, action: 'continue' });
    expect(plain(done)).toContain('Yoursecondfactorissetup');
    expect(await methodsOf('owner')).toEqual(expect.arrayContaining(['totp', 'email']));
  });

  it('of parallel confirmations with one ticket, one confirms the factor', async () => {
    const browser = createBrowser();
    const set = await browser.open(await ticketFor('dan', { factor: 'otp' }));
    const fields = { ...set.forms[0]?.fields, code: codeOf(set), action: 'enrol' };
    const pages = await Promise.all([1, 2, 3].map(() => browser.post(set.url, fields)));
    expect(pages.filter(({ text }) => text.includes('Keep your recovery code'))).toHaveLength(1);
  });

  it('a form from another origin is refused', async () => {
    const set = await createBrowser().open(await ticketFor('eve', { factor: 'otp' }));
    const fields = { ...set.forms[0]?.fields, code: codeOf(set), action: 'enrol' };
    const foreign = { origin: 'http://localhost:4777' };
    expect((await createBrowser().post(set.url, fields, foreign)).status).toBe(400);
    expect(await methodsOf('eve')).toEqual([]);
  });

  it.each([
    ['an unknown user', { user_id: 'auth0|nobody' }, 404, 'inexistent_user'],
    ['an unknown factor', { user_id: 'auth0|eve', factor: 'duo' }, 400, 'invalid_body'],
    ['WebAuthn', { user_id: 'auth0|eve', factor: 'webauthn-roaming' }, 400, 'operation_not_supported'],
  ])('a ticket for %s is refused', async (_case, body, status, errorCode) => {
    expect(await t.manage('POST', PATH, body)).toMatchObject({ status, json: { errorCode } });
  });

  it('a ticket ends after five days, when its user is blocked, and when the password changes', async () => {
    const [old, blocked, changed] = [await ticketFor('eve'), await ticketFor('fay'), await ticketFor('gus')];
    await t.manage('PATCH', '/users/auth0%7Cfay', { blocked: true });
    await t.manage('PATCH', '/users/auth0%7Cgus', { password: `${password}-new` });
    expect((await createBrowser().open(blocked)).status).toBe(400);
    expect((await createBrowser().open(changed)).status).toBe(400);
    expect((await createBrowser().get(old)).status).toBe(302);
    t.clock.offsetS += 5 * 24 * 3600 + 1;
    expect((await createBrowser().open(old)).status).toBe(400);
  });
});
