import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  type ClientStage,
  multiFactor,
  newEmail,
  password,
  refusalOf,
  run,
  signInAtTenant,
  signInUser,
  startClientStage,
} from '../../packages/client/test/support/client-stage.ts';
import {
  addPerson,
  allFactors,
  answerPush,
  lastCode,
  nextTotp,
  type Person,
  recoveryCode,
  totpSecret,
} from '../auth/mfa/support.ts';
import { describeWith } from '../support/requirements.ts';
import { adapt, readBlock } from './support/page-block.ts';

const MFA = 'docs/how-to/mfa.md';
const ORGANIZATIONS = 'docs/how-to/organizations.md';
const STEP_UP = 'docs/how-to/step-up.md';
const PASSWORDLESS = 'docs/how-to/passwordless.md';
const PLAIN = 'docs/how-to/plain-javascript.md';
const CLIENT = 'packages/client/README.md';
const TUTORIAL = 'docs/tutorials/react-without-tokens.md';

interface Seed {
  readonly users: readonly object[];
}

const MEMBER = 'member@example.com';
const STRANGER = 'stranger@example.com';
const pageSeed = parse(readBlock(ORGANIZATIONS, 'organization_usage: allow }')) as Seed;
const seed = {
  ...pageSeed,
  users: [...pageSeed.users, { user_id: 'stranger', email: STRANGER, password }],
};

/** Sets the MFA policy of the tenant; without policies a second factor is needed only where a sign-in asks for it. */
const setPolicy = (stage: ClientStage, policies: readonly string[]): Promise<Response> =>
  fetch(`${stage.world.tenant.origin}/_tenant/seed`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ seed: { text: JSON.stringify({ guardian: { policies } }) } }),
  });

/** The rows of a page, whose upstream is the one of the stage. */
const toRows = (page: string, part: string): object[] =>
  (parse(readBlock(page, part)) as { routes: object[] }).routes;

/** The statements of a page's script, with the import of the client as the test page can do it. */
const toStatements = (script: string): string =>
  script.replaceAll(
    /^import (\{[^}]+\}) from 'gatehouse-client';$/gm,
    "const $1 = await import('/client/index.js');",
  );

/** A statement of a page's script that is one of several to choose from. */
function toLine(script: string, part: string): string {
  const line = script.split('\n').find((each) => each.includes(part));
  if (line === undefined) throw new Error(`no line has ${part}\n${script}`);
  return line.replace(/^await/, 'return await');
}

describeWith('chromium', 'the scripts of a page, in a browser', () => {
  let stage: ClientStage;
  beforeAll(async () => {
    stage = await startClientStage({
      seed,
      rows: [
        ...toRows(STEP_UP, 'routes:'),
        {
          path: '/api/members',
          methods: ['GET'],
          token: 'user',
          ...(parse(readBlock(ORGANIZATIONS, 'guard:')) as object),
        },
      ],
    });
  });
  afterAll(() => stage.close());

  const isSignedIn = async (tab: Page): Promise<boolean> =>
    (await run(tab, 'return gatehouse.session();')).authenticated;
  /** Runs a script that navigates away. */
  const navigateBy = (tab: Page, script: string): Promise<unknown> => tab.evaluate(`(() => { ${script} })()`);
  const atTenant = (url: URL): boolean => url.origin === stage.world.tenant.origin;

  it(`${PLAIN}: signs in, calls an API and signs out`, async () => {
    const tab = await stage.open('another port');
    const email = newEmail();
    await run(tab, `return gatehouse.signUp({ email: '${email}', password: '${password}' });`);
    const script = adapt(readBlock(PLAIN, 'const call ='), {
      'http://localhost:3000': stage.world.gateway.publicUrl,
    });
    const { places, session } = await run(
      tab,
      `const [email, password] = ['${email}', '${password}'];
      ${adapt(script, { 'const after': 'const session = await (await call("/v1/auth/session")).json();\nconst after' })}
      return { places, session };`,
    );
    expect(session).toMatchObject({ authenticated: true, user: { email } });
    expect(places.features[0].properties.label).toBe('Oslo, Norway');
    expect(await isSignedIn(tab)).toBe(false);
    await tab.context().close();
  });

  it(`${CLIENT}: signs in, calls an API, and branches on an error`, async () => {
    const tab = await stage.open('another port');
    const email = newEmail();
    await run(tab, `return gatehouse.signUp({ email: '${email}', password: '${password}' });`);
    const places = await run(
      tab,
      `const [email, password] = ['${email}', '${password}'];
      ${adapt(toStatements(readBlock(CLIENT, 'const places')), {
        'http://localhost:3000': stage.world.gateway.publicUrl,
      })}
      return places;`,
    );
    expect(places.features[0].properties.label).toBe('Oslo, Norway');
    expect(await isSignedIn(tab)).toBe(true);
    const shown = await run(
      tab,
      `const [email, password, shown] = ['${email}', 'wrong', []];
      const show = (text) => shown.push(text);
      ${toStatements(readBlock(CLIENT, 'askForCode'))}
      return shown;`,
    );
    expect(shown).toEqual([expect.stringMatching(/^.+\.$/)]);
    await tab.context().close();
  });

  it(`${TUTORIAL}: a script of the page reads no cookie, and its call without the header is refused`, async () => {
    const tab = await stage.open('another port');
    await signInUser(tab, newEmail());
    const [first = '', second = ''] = readBlock(TUTORIAL, 'document.cookie')
      .replaceAll('http://localhost:3000', stage.world.gateway.publicUrl)
      .split('\n');
    expect(await run(tab, `return ${first}`)).toBe('');
    expect(await run(tab, `return ${second}`)).toMatchObject({ code: 'csrf_failed' });
    await tab.context().close();
  });

  it(`${PASSWORDLESS}: mails a link that signs in and returns to the page`, async () => {
    const tab = await stage.open('another port');
    const email = newEmail();
    await run(tab, `const email = '${email}'; ${readBlock(PASSWORDLESS, "send: 'link'")}`);
    await tab.goto(stage.world.tenantContext.inbox.list({ to: email }).at(-1)?.link ?? '');
    await tab.waitForURL(stage.urlOf('another port'));
    expect(await isSignedIn(tab)).toBe(true);
    await tab.context().close();
  });

  it(`${ORGANIZATIONS}: signs a member in to the organization, whose route then accepts the session`, async () => {
    const tab = await stage.open('the same origin');
    const status = (): Promise<number> => run(tab, "return (await gatehouse.fetch('/api/members')).status;");
    await run(tab, `return gatehouse.signIn({ email: '${STRANGER}', password: '${password}' });`);
    expect(await status()).toBe(403);
    await navigateBy(tab, readBlock(ORGANIZATIONS, 'location.href'));
    await tab.waitForURL(atTenant);
    await signInAtTenant(tab, MEMBER);
    await tab.waitForURL(stage.urlOf('the same origin'));
    expect(await status()).toBe(200);
    await tab.context().close();
  });

  it(`${STEP_UP}: navigates to the sign-in that the challenge asks for, after which the request works`, async () => {
    const person = await addPerson(stage.world, { totp_secret: totpSecret });
    const tab = await stage.open('the same origin');
    const credentials = JSON.stringify({ email: person.email, password });
    const { problem } = await refusalOf(tab, `await gatehouse.signIn(${credentials})`);
    const { mfa_handle } = problem;
    const factor = JSON.stringify({ mfa_handle, otp: await nextTotp(stage.world, person) });
    await run(tab, `return gatehouse.mfa.verify(${factor});`);
    const refusal = await run(
      tab,
      `const answer = await gatehouse.fetch('/api/transfers', { method: 'POST', stepUp: 'none' });
      window.problem = await answer.json();
      return { status: answer.status, challenge: answer.headers.get('WWW-Authenticate') };`,
    );
    expect(refusal).toMatchObject({ status: 401 });
    const [name = '', rest = ''] = readBlock(STEP_UP, 'WWW-Authenticate')
      .trim()
      .split(/: (.*)/);
    expect(name).toBe('WWW-Authenticate');
    const shown = rest.replace(/, …$/, '');
    expect(refusal.challenge.slice(0, shown.length)).toBe(shown);
    await navigateBy(tab, readBlock(STEP_UP, 'acr_values } = problem'));
    await tab.waitForURL(atTenant);
    await signInAtTenant(tab, person.email);
    await tab.locator('input[name=code]').fill(await nextTotp(stage.world, person));
    await tab.keyboard.press('Enter');
    await tab.waitForURL(stage.urlOf('the same origin'));
    const transfer = "return (await gatehouse.fetch('/api/transfers', { method: 'POST' })).status;";
    expect(await run(tab, transfer)).toBe(200);
    expect(refusal.challenge).toContain(multiFactor);
    await tab.context().close();
  });

  describe('with a second factor', () => {
    beforeAll(() => setPolicy(stage, ['all-applications']));
    afterAll(() => setPolicy(stage, []));

    const verify = readBlock(MFA, 'gatehouse.mfa.verify');

    /** A page on which a sign-in was refused, with the handle as a variable of the scripts. */
    async function begin(person: Person): Promise<{ tab: Page; problem: object; handle: string }> {
      const tab = await stage.open('another port');
      const credentials = JSON.stringify({ email: person.email, password: person.password });
      const { problem } = await refusalOf(tab, `await gatehouse.signIn(${credentials})`);
      return { tab, problem, handle: `const mfa_handle = ${JSON.stringify(problem.mfa_handle)};` };
    }

    it(`${MFA}: enrols an app, and its first code completes the sign-in`, async () => {
      const person = await addPerson(stage.world);
      const { tab, handle } = await begin(person);
      const { shown, source } = await run(
        tab,
        `${handle} const image = document.createElement('img'); let shown;
        const show = (...texts) => { shown = texts; };
        ${readBlock(MFA, 'gatehouse.mfa.associate')}
        await image.decode();
        return { shown, source: image.src };`,
      );
      expect(shown).toEqual([expect.any(String), [expect.any(String)]]);
      expect(source).toContain('data:image/svg+xml');
      const line = adapt(toLine(verify, 'otp:'), { '123456': await nextTotp(stage.world, person) });
      expect(await run(tab, `${handle} ${line}`)).toMatchObject({ user: { email: person.email } });
      await tab.context().close();
    });

    it(`${MFA}: the refusal is as shown, and a code that was sent completes the sign-in`, async () => {
      const person = await addPerson(stage.world, allFactors);
      const { tab, problem, handle } = await begin(person);
      const { mfa_handle: _, ...shown } = JSON.parse(readBlock(MFA, '"mfa_required"'));
      expect(problem).toMatchObject({ ...shown, factors: expect.arrayContaining(shown.factors) });
      const { authenticators, oob_code } = await run(
        tab,
        `${handle} ${readBlock(MFA, 'gatehouse.mfa.challenge')} return { authenticators, oob_code };`,
      );
      expect(authenticators.length).toBeGreaterThan(1);
      const code = await lastCode(stage.world, allFactors.phone_number);
      const line = adapt(toLine(verify, 'binding_code'), { '123456': code });
      const sent = `const oob_code = ${JSON.stringify(oob_code)};`;
      expect(await run(tab, `${handle} ${sent} ${line}`)).toMatchObject({ user: { email: person.email } });
      await tab.context().close();
    });

    it(`${MFA}: a push is pending until it is answered`, async () => {
      const person = await addPerson(stage.world);
      const { tab, handle } = await begin(person);
      const { oob_code } = await run(
        tab,
        `${handle} return gatehouse.mfa.associate({ mfa_handle, type: 'push' });`,
      );
      const statements = `${handle} const oob_code = ${JSON.stringify(oob_code)}; ${toLine(verify, 'a push')}`;
      const { retry_after: waitS, ...pending } = await run(tab, statements);
      expect(pending).toEqual({ status: 'pending' });
      await answerPush(stage.world, person, 'accept');
      stage.world.clock.offsetS += waitS;
      expect(await run(tab, statements)).toMatchObject({ user: { email: person.email } });
      await tab.context().close();
    });

    it(`${MFA}: a recovery code completes the sign-in, and is replaced by a new one`, async () => {
      const person = await addPerson(stage.world, allFactors);
      const { tab, handle } = await begin(person);
      const code = `const recovery_code = '${recoveryCode}';`;
      const verified = await run(tab, `${handle} ${code} ${toLine(verify, 'recovery_code')}`);
      expect(verified).toMatchObject({ user: { email: person.email }, recovery_code: expect.any(String) });
      expect(verified.recovery_code).not.toBe(recoveryCode);
      await tab.context().close();
    });
  });
});
