import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeWith } from '../support/requirements.ts';
import { password, type Scheme, type Stage, signInUser, startStage } from './frontend/start-stage.ts';

const victim = 'vera@example.com';
const attacker = { email: 'eve@example.com', password };

/** Background requests of other sites have no cookie; those of a sibling domain have it. */
const places: readonly (readonly [place: string, scheme: Scheme, host: string])[] = [
  ['another site', 'http', '127.0.0.1'],
  ['a port of the same host that is not listed', 'https', 'localhost'],
];

for (const [place, scheme, host] of places) {
  describeWith('chromium', `a page of ${place}`, () => {
    let stage: Stage;
    let context: BrowserContext;
    /** The victim's own tab. */
    let page: Page;
    /** A tab of the same user with a foreign page. */
    let evil: Page;
    let from: number;

    beforeAll(async () => {
      stage = await startStage(scheme);
      stage.stranger.files['/'] = '<!doctype html><title>evil</title>';
      const { url } = stage.world;
      const headers = { 'content-type': 'application/json' };
      await fetch(`${url}/v1/auth/signup`, { method: 'POST', headers, body: JSON.stringify(attacker) });
      ({ context, page } = await signInUser(stage, victim));
    });
    beforeEach(async () => {
      evil = await context.newPage();
      await evil.goto(`${scheme}://${host}:${stage.stranger.port}/`);
      from = stage.world.lines.length;
    });
    afterEach(async () => {
      await evil.close();
      // The victim's session is unchanged.
      await page.reload();
      await page.getByText(`Signed in as ${victim}`).waitFor();
      expect(stage.upstream.seen).toEqual([]);
    });
    afterAll(() => stage.close());

    /** The gateway's responses since the start of the test, such as `GET /v1/auth/session 403 csrf_failed`. */
    const answers = (): string[] =>
      stage.world.lines
        .slice(from)
        .filter(({ msg }) => msg === 'request')
        .map(({ method, route, status, code }) => [method, route, status, code].join(' ').trim());

    /** The result of a call that a script there can read. */
    const tryFetch = (path: string, init: object): Promise<string> =>
      evil.evaluate<string>(
        `fetch(${JSON.stringify(stage.gateway + path)}, ${JSON.stringify({ credentials: 'include', ...init })})
          .then(async (answer) => answer.type + (await answer.text()), () => 'refused')`,
      );

    /** Submits a form there, whose response replaces the page. */
    async function submit(path: string, fields: Record<string, string>, enctype: string): Promise<void> {
      await evil.evaluate(`(() => {
        const form = document.createElement('form');
        Object.assign(form, ${JSON.stringify({ method: 'POST', action: stage.gateway + path, enctype })});
        for (const [name, value] of Object.entries(${JSON.stringify(fields)})) {
          const input = form.appendChild(document.createElement('input'));
          Object.assign(input, { name, value });
        }
        document.body.append(form);
        setTimeout(() => form.submit());
      })()`);
      await evil.waitForURL(stage.gateway + path);
    }

    const carries = host === 'localhost';
    const signOut = '/v1/auth/signout';

    it.each<[string, string, string, object]>([
      ['cannot read the session', 'GET', '/v1/auth/session', {}],
      ['reads no sessions', 'GET', '/v1/auth/sessions', {}],
      ['calls no API', 'GET', '/api/location/geocode?q=Oslo', {}],
      ['calls no service behind the gateway', 'GET', '/api/things', {}],
      [
        'cannot call an API with the header of own pages',
        'GET',
        '/api/things',
        { headers: { 'X-CSRF': '1' } },
      ],
      ['changes nothing', 'POST', '/api/things', { body: 'x' }],
      ['ends no session', 'DELETE', '/v1/auth/sessions', {}],
      ['cannot sign out', 'POST', signOut, { headers: { 'X-CSRF': '1' }, body: '{}' }],
    ])('%s by script: %s %s', async (_, method, path, init) => {
      expect(await tryFetch(path, { method, ...init })).toBe('refused');
      const isAsked = !('headers' in init) && method !== 'DELETE';
      const route = path.split('?')[0];
      if (!isAsked) expect(answers().filter((line) => !line.startsWith('OPTIONS '))).toEqual([]);
      else if (carries) expect(answers()).toEqual([`${method} ${route} 403 csrf_failed`]);
      else expect(answers().join()).not.toContain('csrf_failed');
    });

    it.each<[string, string]>([
      [signOut, 'application/x-www-form-urlencoded'],
      [signOut, 'text/plain'],
      ['/v1/auth/refresh', 'application/x-www-form-urlencoded'],
      ['/api/things', 'application/x-www-form-urlencoded'],
    ])('has no effect by a form: %s, %s', async (path, enctype) => {
      await submit(path, { a: 'b' }, enctype);
      expect(answers()).toEqual([expect.stringMatching(carries ? / 403 csrf_failed$/ : / 4\d\d /)]);
    });

    it('cannot sign the victim in as another user', async () => {
      const body = JSON.stringify(attacker);
      const headers = { 'Content-Type': 'application/json', 'X-CSRF': '1' };
      expect(await tryFetch('/v1/auth/signin', { method: 'POST', body, headers })).toBe('refused');
      expect(await tryFetch('/v1/auth/signin', { method: 'POST', body })).toBe('refused');
      const [name = '', value = ''] = JSON.stringify({ ...attacker, mode: 'session', x: '=' }).split('=');
      await submit('/v1/auth/signin', { [name]: value }, 'text/plain');
      const posts = answers().filter((line) => line.startsWith('POST '));
      expect(posts).toEqual(
        Array(2).fill(expect.stringMatching(/ (?:403 csrf_failed|415 unsupported_media_type)$/)),
      );
      // Also not with a sign-in that the attacker has started.
      await evil.goto(`${stage.gateway}/v1/auth/callback?code=theirs&state=theirs`);
      await evil.getByText('login_expired, request').waitFor();
    });

    it('cannot sign the victim out by a link', async () => {
      await evil.goto(`${stage.gateway}${signOut}`);
      await evil.getByText('invalid_sid, request').waitFor();
      await evil.goto(`${stage.gateway}${signOut}?sid=guessed`);
      await evil.getByText('invalid_sid, request').waitFor();
      expect(answers()).toEqual(Array(2).fill('GET /v1/auth/signout 400 invalid_sid'));
    });

    it('starts no sign-in and ends no session by an image, a frame or a prefetch', async () => {
      const { signout_url: out } = await page.evaluate<{ signout_url: string }>(
        `fetch(${JSON.stringify(`${stage.gateway}/v1/auth/session`)}, { credentials: 'include', headers: { 'X-CSRF': '1' } })
          .then((answer) => answer.json())`,
      );
      from = stage.world.lines.length;
      const paths = ['/v1/auth/login', '/v1/auth/callback?state=x', out].map((path) => stage.gateway + path);
      await evil.evaluate(`(async () => {
        const load = (tag, properties) => new Promise((resolve) => {
          const element = Object.assign(document.createElement(tag), properties, { onload: resolve, onerror: resolve });
          document.body.append(element);
        });
        for (const url of ${JSON.stringify(paths)}) {
          await load('img', { src: url });
          await load('script', { src: url });
          await load('object', { data: url });
          await load('link', { rel: 'prefetch', href: url });
        }
        for (const url of ${JSON.stringify(paths.filter((path) => !path.includes('callback')))})
          await load('iframe', { src: url });
      })()`);
      const isSameSite = host === 'localhost';
      const done = answers().filter((line) => / (?:303|500|429)/.test(line));
      // A page of the same site may start a silent sign-in.
      expect(done).toEqual(isSameSite ? ['GET /v1/auth/login 303'] : []);
      expect(answers().length).toBeGreaterThanOrEqual(9);
    });

    it('cannot read an API response by navigating the victim to it', async () => {
      await evil.evaluate(`location.assign(${JSON.stringify(`${stage.gateway}/api/things`)})`);
      await evil.getByText('csrf_failed').waitFor();
      expect(answers()).toEqual(['GET /api/things 403 csrf_failed']);
    });

    it.each(['/', '/docs', '/v1/auth/session', '/v1/auth/callback?state=x', '/problems/csrf_failed'])(
      'frames nothing: %s',
      async (path) => {
        const complaint = evil.waitForEvent('console', {
          predicate: (message) => /frame-ancestors|X-Frame-Options/.test(message.text()),
        });
        await evil.evaluate(`document.body.innerHTML = '<iframe src="${stage.gateway}${path}"></iframe>'`);
        await complaint;
        expect(evil.frames().map((frame) => frame.url())).not.toContain(`${stage.gateway}${path}`);
      },
    );

    it.each(['/v1/auth/session', '/openapi.json', '/docs/start.js'])('loads nothing: %s', async (path) => {
      const load = (tag: string) =>
        `new Promise((resolve) => {
          const element = document.createElement('${tag}');
          element.onload = () => resolve('loaded');
          element.onerror = () => resolve('refused');
          element.src = ${JSON.stringify(stage.gateway + path)};
          document.body.append(element);
        })`;
      expect(await evil.evaluate(load('script'))).toBe('refused');
      expect(await evil.evaluate(load('img'))).toBe('refused');
      expect(await tryFetch(path, { mode: 'no-cors' })).toBe('refused');
    });

    it('has no access to a page of the gateway that it opens', async () => {
      const opening = evil.waitForEvent('popup');
      await evil.evaluate(`window.opened = open(${JSON.stringify(`${stage.gateway}/`)})`);
      const popup = await opening;
      await popup.getByRole('heading', { name: 'Gatehouse' }).waitFor();
      expect(await popup.evaluate('window.opener')).toBeNull();
      expect(await evil.evaluate('window.opened.closed')).toBe(true);
      await popup.close();
    });
  });
}
