import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  addPerson,
  allFactors,
  answerPush,
  lastCode,
  nextTotp,
  otherThan,
  type Person,
  totpSecret,
} from '../../../test/auth/mfa/support.ts';
import { describeWith } from '../../../test/support/requirements.ts';
import {
  type ClientStage,
  places,
  type Refusal,
  refusalOf,
  run,
  signInAtTenant,
  startClientStage,
} from './support/client-stage.ts';

/** The error of a sign-in that needs its second factor. */
const beginSignIn = (tab: Page, { email, password }: Person): Promise<Refusal> =>
  refusalOf(tab, `await gatehouse.signIn(${JSON.stringify({ email, password })})`);
const call = (tab: Page, method: string, body: object) =>
  run(tab, `return gatehouse.mfa.${method}(${JSON.stringify(body)});`);
const isSignedIn = async (tab: Page): Promise<boolean> =>
  (await run(tab, 'return gatehouse.session();')).authenticated;

const PLACE = 'another port';

describeWith('chromium', 'a second factor', () => {
  let stage: ClientStage;
  beforeAll(async () => {
    stage = await startClientStage({ guardian: { policies: ['all-applications'] } });
  });
  afterAll(() => stage.close());

  it.each(places)(
    'is listed, challenged and verified in a page on %s; wrong codes are refused',
    async (place) => {
      const person = await addPerson(stage.world, allFactors);
      const tab = await stage.open(place);
      const { code, problem } = await beginSignIn(tab, person);
      expect(code).toBe('mfa_required');
      expect(problem.factors).toContainEqual({ type: 'otp', enrolled: true });
      const { mfa_handle } = problem;
      const { authenticators } = await call(tab, 'authenticators', { mfa_handle });
      expect(authenticators.map(({ type }: { type: string }) => type)).toEqual(
        expect.arrayContaining(['otp', 'sms']),
      );
      const { oob_code } = await call(tab, 'challenge', { mfa_handle, type: 'sms' });
      const binding_code = await lastCode(stage.world, allFactors.phone_number);
      const wrong = { mfa_handle, oob_code, binding_code: otherThan(binding_code) };
      expect(await call(tab, 'verify', wrong)).toMatchObject({ refused: { code: 'mfa_invalid_code' } });
      expect(await isSignedIn(tab)).toBe(false);
      const signedIn = await call(tab, 'verify', { mfa_handle, oob_code, binding_code });
      expect(signedIn).toMatchObject({ user: { email: person.email }, session: expect.any(Object) });
      expect(await isSignedIn(tab)).toBe(true);
      await tab.context().close();
    },
  );

  it('is enrolled at the first sign-in', async () => {
    const person = await addPerson(stage.world);
    const tab = await stage.open(PLACE);
    const { mfa_handle } = (await beginSignIn(tab, person)).problem;
    const enrolment = await call(tab, 'associate', { mfa_handle, type: 'otp' });
    expect(enrolment).toMatchObject({
      secret: expect.any(String),
      qr_svg: expect.stringContaining('<svg'),
    });
    const otp = await nextTotp(stage.world, person);
    expect(await call(tab, 'verify', { mfa_handle, otp })).toMatchObject({ user: { email: person.email } });
    await tab.context().close();
  });

  it('that is a push is pending, with the time to wait, until the user responds', async () => {
    const person = await addPerson(stage.world);
    const tab = await stage.open(PLACE);
    const { mfa_handle } = (await beginSignIn(tab, person)).problem;
    const { oob_code } = await call(tab, 'associate', { mfa_handle, type: 'push' });
    const asked = await call(tab, 'verify', { mfa_handle, oob_code });
    expect(asked).toEqual({ status: 'pending', retry_after: expect.any(Number) });
    expect(await isSignedIn(tab)).toBe(false);
    await answerPush(stage.world, person, 'accept');
    // The tenant allows no earlier poll.
    stage.world.clock.offsetS += asked.retry_after;
    expect(await call(tab, 'verify', { mfa_handle, oob_code })).toMatchObject({
      user: { email: person.email },
    });
    await tab.context().close();
  });

  it('updates the other tabs when the sign-in is complete', async () => {
    const person = await addPerson(stage.world, { totp_secret: totpSecret });
    const tab = await stage.open(PLACE);
    const other = await stage.open(PLACE, tab.context());
    await other.evaluate('gatehouse.onSessionChange(({ user }) => { window.who = user?.email; })');
    const { mfa_handle } = (await beginSignIn(tab, person)).problem;
    await call(tab, 'verify', { mfa_handle, otp: await nextTotp(stage.world, person) });
    await other.waitForFunction(`window.who === ${JSON.stringify(person.email)}`);
    await tab.context().close();
  });

  it('that a route requires is verified in a window, and the request is repeated', async () => {
    const person = await addPerson(stage.world, { totp_secret: totpSecret });
    const tab = await stage.open(PLACE);
    const { mfa_handle } = (await beginSignIn(tab, person)).problem;
    await call(tab, 'verify', { mfa_handle, otp: await nextTotp(stage.world, person) });
    const opening = tab.waitForEvent('popup');
    const outcome = run(tab, "return (await gatehouse.fetch('/api/strong')).status;");
    const popup = await opening;
    await popup.waitForURL((url) => url.origin === stage.world.tenant.origin);
    await signInAtTenant(popup, person.email);
    await popup.locator('input[name=code]').fill(await nextTotp(stage.world, person));
    await popup.keyboard.press('Enter');
    expect(await outcome).toBe(200);
    await tab.context().close();
  });
});
