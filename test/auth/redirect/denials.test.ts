import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createBrowser, locationOf } from '../../../packages/tenant/test/support/browser.ts';
import { restoreTenant, tokenFault } from '../../session/support/person.ts';
import { startWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
});
afterAll(() => world.close());
afterEach(() => restoreTenant(world));

const word = 'email_not_verified';

/** Returns from the tenant's pages with these parameters. */
async function comeBack(answer: Record<string, string>) {
  const browser = createBrowser();
  const login = await browser.get(`${world.gateway.publicUrl}/v1/auth/login`);
  const state = locationOf(login).searchParams.get('state') ?? '';
  const query = new URLSearchParams({ ...answer, state });
  return browser.get(`${world.gateway.publicUrl}/v1/auth/callback?${query.toString()}`, {
    accept: 'application/json',
  });
}

const auditReason = () => world.lines.findLast(({ event }) => event === 'auth.signin.failed')?.['reason'];

it('the reason of an Action that denies a sign-in at the pages is returned if it is one word', async () => {
  const page = await comeBack({ error: 'access_denied', error_description: word });
  expect([page.status, JSON.parse(page.text)]).toMatchObject([403, { code: 'access_denied', reason: word }]);
  expect(auditReason()).toBe(`access_denied: ${word}`);
  for (const error_description of ['Please verify', 'UPPER', 'x'.repeat(65), '<b>', 'a\nb', '']) {
    const other = await comeBack({ error: 'access_denied', error_description });
    expect(JSON.parse(other.text)).toMatchObject({ code: 'access_denied' });
    expect(JSON.parse(other.text)).not.toHaveProperty('reason');
    expect(auditReason()).toBe('access_denied');
  }
});

it("an unknown error, such as the name of an object's built-in member, is 502", async () => {
  for (const error of ['constructor', '__proto__', 'teapot']) {
    const page = await comeBack({ error, error_description: word });
    expect([page.status, JSON.parse(page.text)], error).toMatchObject([502, { code: 'tenant_error' }]);
  }
});

it.each([403, 500])(
  'the reason of an Action that denies the exchange of a code with %i is returned',
  async (status) => {
    await tokenFault(world, { status, body: { error: 'access_denied', error_description: word } });
    const page = await comeBack({ code: 'x' });
    expect([page.status, JSON.parse(page.text)]).toMatchObject([
      403,
      { code: 'access_denied', reason: word },
    ]);
    const answer = await fetch(`${world.url}/v1/auth/exchange`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: 'x', redirect_uri: `${world.gateway.publicUrl}/done`, nonce: 'n' }),
    });
    expect([answer.status, await answer.json()]).toMatchObject([
      403,
      { code: 'access_denied', reason: word },
    ]);
  },
);
