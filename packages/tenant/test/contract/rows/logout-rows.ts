import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { decodeProtectedHeader } from 'jose';
import { expect } from 'vitest';
import { type Browser, createBrowser, locationOf } from '../../support/browser.ts';
import { answerOf, authorizeUrl, codeOf, exchange, signedInBrowser, silentCode } from '../actions.ts';
import { claimsOf, expectTokens, textOf } from '../checks.ts';
import type { ContractRow } from '../contract-row.ts';
import { type Parameters, type Target, toForm } from '../target.ts';

const logoutUrl = (target: Target, path: string, parameters: Parameters): URL => {
  const url = new URL(path, target.issuer);
  url.search = toForm(parameters).toString();
  return url;
};

/** Checks that the session has ended, for the browser and for a copy of its cookies. */
async function expectSignedOut(target: Target, browser: Browser, cookie: string): Promise<void> {
  const silent = authorizeUrl(target, { prompt: 'none' });
  for (const page of [await browser.get(silent), await createBrowser().get(silent, { cookie })])
    expect(answerOf(target, page)).toMatchObject({ error: 'login_required' });
}

/** The session cookies of a browser, after a check that they work. */
async function keepCookies(target: Target, browser: Browser): Promise<string> {
  const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
  const silent = authorizeUrl(target, { prompt: 'none' });
  codeOf(target, await createBrowser().get(silent, { cookie }));
  return cookie;
}

/** A back-channel logout receiver: the logout tokens in order. */
async function startReceiver() {
  const received: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    const take = async () => {
      received.push(new URLSearchParams(await readText(request)));
      response.end();
    };
    // An aborted call is missing in the received ones.
    void take();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // It listens on TCP.
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/backchannel-logout`;
  const close = () => new Promise((resolve) => server.close(resolve));
  return { url, received, close };
}

export const logoutRows: readonly ContractRow[] = [
  {
    id: 'LO01',
    title: '/v2/logout redirects only to allowed URLs, and ends the session',
    async run(target) {
      const { browser } = await signedInBrowser(target);
      const { client_id } = target.client('app');
      const returnTo = 'https://attacker.example/';
      const refused = await browser.get(logoutUrl(target, '/v2/logout', { client_id, returnTo }));
      expect(refused.status).toBe(400);
      expect(refused.headers.has('location')).toBe(false);
      const cookies = await keepCookies(target, browser);
      const allowed = `${target.setting('LOGOUT_URL')}?from=contract`;
      const page = await browser.get(logoutUrl(target, '/v2/logout', { client_id, returnTo: allowed }));
      expect(page.status).toBe(302);
      expect(locationOf(page).href).toBe(allowed);
      await expectSignedOut(target, browser, cookies);
    },
  },
  {
    id: 'LO02',
    title: '/oidc/logout with the hint redirects with the state and without a page',
    async run(target) {
      const { browser } = await signedInBrowser(target);
      const tokens = expectTokens(await exchange(target, await silentCode(target, browser)));
      const cookies = await keepCookies(target, browser);
      const parameters = {
        id_token_hint: textOf(tokens, 'id_token'),
        post_logout_redirect_uri: target.setting('LOGOUT_URL'),
        state: 'a state',
      };
      const page = await browser.get(logoutUrl(target, '/oidc/logout', parameters));
      expect(page.status).toBe(302);
      const { origin, pathname, searchParams } = locationOf(page);
      expect(`${origin}${pathname}`).toBe(target.setting('LOGOUT_URL'));
      expect(searchParams.get('state')).toBe('a state');
      await expectSignedOut(target, browser, cookies);
    },
  },
  {
    id: 'back-channel-logout',
    title: 'a logout, and the control API, send the client a logout token',
    controls: ['settings', 'logouts'],
    async run(target, { settings, logouts }) {
      const receiver = await startReceiver();
      try {
        settings.setLogoutUrl(receiver.url);
        const { browser, user } = await signedInBrowser(target);
        const tokens = expectTokens(await exchange(target, await silentCode(target, browser)));
        const { sid } = await claimsOf(target, textOf(tokens, 'id_token'));
        const { client_id } = target.client('app');
        await browser.get(logoutUrl(target, '/v2/logout', { client_id }));
        await expect.poll(() => receiver.received.length).toBe(1);
        await logouts.send({ user_id: user.user_id, client_id, sid: String(sid) });
        expect(receiver.received.length).toBe(2);
        for (const form of receiver.received) {
          expect([...form.keys()]).toEqual(['logout_token']);
          const token = form.get('logout_token') ?? '';
          expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', kid: expect.any(String) });
          const claims = await claimsOf(target, token);
          expect(claims).toEqual({
            iss: target.issuer,
            sub: user.user_id,
            aud: client_id,
            iat: expect.any(Number),
            exp: (claims.iat ?? 0) + 120,
            jti: expect.any(String),
            events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
            sid,
            trace_id: expect.any(String),
          });
        }
      } finally {
        await receiver.close();
      }
    },
  },
];
