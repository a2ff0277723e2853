import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.ts';
import { describeWith } from '../../../test/support/requirements.ts';
import {
  type ClientStage,
  password,
  refusalOf,
  run,
  signInUser,
  startClientStage,
} from './support/client-stage.ts';

describeWith('chromium', 'an account, from a page on another port', () => {
  let stage: ClientStage;
  beforeAll(async () => {
    stage = await startClientStage();
  });
  afterAll(() => stage.close());

  const mailsTo = (to: string) => stage.world.tenantContext.inbox.list({ to });
  const session = (tab: Page) => run(tab, 'return gatehouse.session();');

  it('signs in with a sent code', async () => {
    const email = 'ada@example.com';
    const tab = await stage.open('another port');
    await run(tab, `return gatehouse.passwordless.start({ email: '${email}' });`);
    const code = mailsTo(email).at(-1)?.code ?? '';
    const wrong = code === '000000' ? '111111' : '000000';
    expect(
      await refusalOf(tab, `await gatehouse.passwordless.verify({ email: '${email}', code: '${wrong}' })`),
    ).toMatchObject({ code: 'invalid_code', status: 401 });
    const signedIn = await run(
      tab,
      `return gatehouse.passwordless.verify({ email: '${email}', code: '${code}' });`,
    );
    expect(signedIn).toMatchObject({ user: { email }, session: expect.any(Object) });
    expect(await session(tab)).toMatchObject({ authenticated: true });
    await tab.context().close();
  });

  it('signs in with a sent link, and returns to the page', async () => {
    const email = 'bea@example.com';
    const tab = await stage.open('another port');
    await run(
      tab,
      `return gatehouse.passwordless.start({ email: '${email}', send: 'link', return_to: '?back=1' });`,
    );
    await tab.goto(mailsTo(email).at(-1)?.link ?? '');
    await tab.waitForURL(`${stage.urlOf('another port')}?back=1`);
    await tab.waitForFunction('window.gatehouse !== undefined');
    expect(await session(tab)).toMatchObject({ authenticated: true, user: { email } });
    await tab.context().close();
  });

  it('sends a password reset mail', async () => {
    const email = 'cleo@example.com';
    const tab = await stage.open('another port');
    await signInUser(tab, email);
    await run(tab, `return gatehouse.password.forgot({ email: '${email}' });`);
    await eventually(() => mailsTo(email).map(({ kind }) => kind)).toContain('reset_password');
    await tab.context().close();
  });

  it('changes a password, which ends the other sessions', async () => {
    const email = 'dora@example.com';
    const tab = await stage.open('another port');
    await signInUser(tab, email);
    const elsewhere = await stage.open('another port');
    await run(elsewhere, `return gatehouse.signIn(${JSON.stringify({ email, password })});`);
    const change = (current_password: string): string =>
      `return gatehouse.password.change(${JSON.stringify({ current_password, new_password: 'Other-Horse-10' })});`;
    expect(await run(tab, change('wrong'))).toMatchObject({ refused: { code: 'invalid_credentials' } });
    expect(await run(tab, change(password))).toBeUndefined();
    expect(await session(tab)).toMatchObject({ authenticated: true });
    expect(await session(elsewhere)).toEqual({ authenticated: false });
    for (const each of [tab, elsewhere]) await each.context().close();
  });

  it('sends the verification mail again', async () => {
    const email = 'emil@example.com';
    const tab = await stage.open('another port');
    await signInUser(tab, email);
    const count = (): number => mailsTo(email).filter(({ kind }) => kind === 'verify_email').length;
    const before = count();
    await run(tab, `return gatehouse.email.resendVerification({ email: '${email}' });`);
    await eventually(count).toBe(before + 1);
    await tab.context().close();
  });

  it('reads and changes a profile', async () => {
    const email = 'fay@example.com';
    const tab = await stage.open('another port');
    await signInUser(tab, email);
    expect(await run(tab, 'return gatehouse.profile.get();')).toMatchObject({ user: { email } });
    const updated = await run(tab, "return gatehouse.profile.update({ nickname: 'Fay' });");
    expect(updated).toMatchObject({ user: { nickname: 'Fay' } });
    expect(await run(tab, 'return gatehouse.profile.get();')).toMatchObject({ user: { nickname: 'Fay' } });
    await tab.context().close();
  });
});
