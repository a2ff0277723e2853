import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confirmLogoutPage } from '../src/pages/confirm-logout-page.ts';
import { consentPage } from '../src/pages/consent-page.ts';
import { contentSecurityPolicy } from '../src/pages/content-security-policy.ts';
import { formPostPage } from '../src/pages/form-post-page.ts';
import { attributes, html } from '../src/pages/html.ts';
import { messagePage } from '../src/pages/message-page.ts';
import { signInPage } from '../src/pages/sign-in-page.ts';
import { simulatorPage } from '../src/pages/simulator-page.ts';
import { STYLESHEET_HREF, stylesheetEndpoint } from '../src/pages/static-files.ts';
import { webMessagePage } from '../src/pages/web-message-page.ts';
import { toParameters } from '../src/wire/parameters.ts';
import type { TenantReply } from '../src/wire/row.ts';
import { pageSamples } from './support/page-samples.ts';

const textOf = (reply: TenantReply | undefined): string => {
  if (typeof reply?.body !== 'string') throw new Error('no page');
  return reply.body;
};

const samples = Object.entries(pageSamples).map(([name, reply]) => ({ name, reply, text: textOf(reply) }));

/** Texts that break out of HTML if they are not escaped. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom('<', '>', '"', "'", '`', '&', '=', '/', '-->', '<!--', ']]>', '</script>', '</title>'),
      fc.constantFrom(
        '<script>alert(1)</script>',
        '" onfocus="x',
        "' style='x",
        '&quot;',
        '&#34;',
        '\u2028',
        '\0',
      ),
      fc.string({ unit: 'binary' }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

/** The tags of a document with their attribute names, which must not depend on the values. */
const skeleton = (text: string): string =>
  (text.replace(/"[^"]*"/g, '""').match(/<[^>]*>/g) ?? []).join('\n');

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
  '#96': '`',
};
const unescape = (text: string): string =>
  text.replace(/&([^;]+);/g, (_, name: string) => entities[name] ?? '');

/** Pages with one text in every place that external input can reach. */
const pagesWith: Readonly<Record<string, (text: string) => TenantReply>> = {
  'sign in': (text) =>
    signInPage({
      state: text,
      application: text,
      identifiers: ['email'],
      username: text,
      connections: [{ name: text, label: text }],
      signUpHref: text,
      resetHref: text,
      error: text,
    }),
  consent: (text) =>
    consentPage({
      state: text,
      application: text,
      user: text,
      destination: text,
      requests: [{ name: text, scopes: [{ value: text, description: text }] }],
    }),
  simulator: (text) =>
    simulatorPage({
      state: text,
      application: text,
      connection: { name: text, label: text, kind: 'social' },
      identities: [{ id: text, name: text, given_name: text, email: text, email_verified: true }],
      email: text,
      name: text,
    }),
  message: (text) =>
    messagePage({
      tone: 'error',
      heading: text,
      text,
      details: [{ label: text, value: text }],
      link: { href: text, label: text },
    }),
  'form post': (text) =>
    formPostPage({ redirectUri: 'https://app.example/', parameters: { state: text, error: text } }),
  'web message': (text) => webMessagePage({ targetOrigin: 'https://app.example', response: { state: text } }),
  'confirm logout': (text) => confirmLogoutPage({ action: text, hidden: { state: text }, user: text }),
};

describe('html', () => {
  it('a value in text or an attribute is read back unchanged and cannot break out of it', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const inText = html`<p>${text}</p>`.text;
        const inAttribute = html`<p title="${text}"></p>`.text;
        const inAttributes = html`<p${attributes({ title: text })}></p>`.text;
        expect(inText.slice(3, -4)).not.toMatch(/[<>"'`]/);
        expect(unescape(inText.slice(3, -4))).toBe(text);
        expect(inAttribute.slice(10, -6)).not.toMatch(/[<>"'`]/);
        expect(unescape(inAttribute.slice(10, -6))).toBe(text);
        expect(inAttributes).toBe(inAttribute);
      }),
    );
  });

  it('html within html is not escaped again, nor in lists; false and undefined render nothing', () => {
    const items = ['a&b', 'c'].map((item) => html`<li>${item}</li>`);
    expect(html`<ul>${items}${false}${undefined}${0}</ul>`.text).toBe('<ul><li>a&amp;b</li><li>c</li>0</ul>');
  });

  it('attributes that are false or undefined are left out, and true ones have no value', () => {
    expect(attributes({ a: true, b: false, c: undefined, d: 0 }).text).toBe(' a d="0"');
  });
});

describe('pages', () => {
  it.each(Object.entries(pagesWith))('%s: no text changes the tags of the page', (_name, toReply) => {
    const plain = skeleton(textOf(toReply('plain')));
    fc.assert(
      fc.property(hostile, (text) => {
        expect(skeleton(textOf(toReply(text)))).toBe(plain);
      }),
    );
  });

  it.each(samples)(
    '$name: a language, a title, one heading, one main part, no style or script of its own',
    ({ text }) => {
      expect(text).toMatch(/^<!doctype html>\n<html lang="en">/);
      expect(text).toMatch(/<title>[^<]+<\/title>/);
      expect(text.match(/<h1/g)).toHaveLength(1);
      expect(text.match(/<main/g)).toHaveLength(1);
      expect(skeleton(text)).not.toMatch(/\sstyle=|\son\w+=|<style/);
      expect(text.match(/ id="([^"]+)"/g) ?? []).toEqual([...new Set(text.match(/ id="([^"]+)"/g) ?? [])]);
      expect((text.match(/ autofocus/g) ?? []).length).toBeLessThanOrEqual(1);
    },
  );

  it.each(samples)('$name: every visible field has a label and its autocomplete purpose', ({ text }) => {
    for (const [input] of text.matchAll(/<input[^>]*>/g)) {
      if (/type="(hidden|checkbox)"|aria-hidden="true"/.test(input)) continue;
      const id = /\sid="([^"]+)"/.exec(input)?.[1];
      expect(text, input).toContain(`<label for="${id}">`);
      expect(input).toMatch(/ autocomplete="[a-z-]+"/);
      for (const described of / aria-describedby="([^"]+)"/.exec(input)?.[1]?.split(' ') ?? [])
        expect(text).toContain(`id="${described}"`);
    }
  });

  it.each(samples)(
    '$name: the CSP allows only the tenant’s stylesheet and icon, and scripts by hash',
    ({ name, reply, text }) => {
      const script = /<script>([^<]*)<\/script>/.exec(text)?.[1];
      const hash = script && `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'; `;
      const fetches = script?.includes('fetch(') === true ? "connect-src 'self'; " : '';
      const toApp = 'http://localhost:9';
      const actions = name === 'form-post' ? ` ${toApp}` : '';
      const ancestors = name === 'web-message' ? toApp : "'none'";
      expect(reply.headers?.['content-security-policy']).toBe(
        `default-src 'none'; style-src 'self'; img-src 'self'; ${hash ?? ''}${fetches}form-action 'self'${actions}; frame-ancestors ${ancestors}; base-uri 'none'`,
      );
      expect(reply.headers).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'strict-origin',
        'x-content-type-options': 'nosniff',
      });
      expect(reply.headers?.['x-frame-options']).toBe(name === 'web-message' ? undefined : 'DENY');
    },
  );

  it.each([
    ['sign-in', 'username', 'username'],
    ['sign-in', 'password', 'current-password'],
    ['sign-up', 'password', 'new-password'],
    ['reset-password', 'password', 'new-password'],
    ['reset-password', 'password_confirm', 'new-password'],
    ['mfa-code', 'code', 'one-time-code'],
    ['passwordless-code', 'code', 'one-time-code'],
  ])('%s: the field %s has autocomplete %s', (name, field, autocomplete) => {
    const input = new RegExp(`<input id="${field}"[^>]*>`).exec(textOf(pageSamples[name]))?.[0];
    expect(input).toContain(` autocomplete="${autocomplete}"`);
  });

  it('an error of the form is an alert, and an error of a field is linked to it', () => {
    expect(textOf(pageSamples['sign-in-refused'])).toContain('role="alert">Wrong email or password.</p>');
    const refused = textOf(pageSamples['sign-up-refused']);
    expect(refused).toMatch(
      /<input id="password"[^>]*aria-invalid="true"[^>]*aria-describedby="password-error password-hint"/,
    );
    expect(refused).toMatch(/<li class="kept">lower case letters.*?\(kept\)/);
    expect(refused).toMatch(/<li class="broken">At least 10 characters.*?\(not kept\)/);
  });

  it('the consent of a scope without a description names the scope itself', () => {
    expect(textOf(pageSamples['consent'])).toContain('<li>directions</li>');
  });
});

describe('the policy of a page', () => {
  it.each([
    ['https://app.example:8443/callback?x=1', 'https://app.example:8443'],
    ['http://localhost:3000/callback', 'http://localhost:3000'],
    ['http://localhost:*', 'http://localhost:*'],
    ['http://[::1]:3000/callback', 'http:'],
    ['com.example.app://callback', 'com.example.app:'],
    ['https://a;sandbox/', 'https:'],
    ["https://a,script-src'x/", 'https:'],
  ])('allows a form to redirect to %s by %s', (url, source) => {
    expect(contentSecurityPolicy({ redirectsTo: [url, url] })).toContain(`form-action 'self' ${source};`);
  });

  it.each([STYLESHEET_HREF, '/u/style.css?v=other', '/u/style.css'])(
    '%s: kept for ever only under its own address',
    async (href) => {
      const query = new URL(href, 'http://localhost').searchParams;
      const reply = await stylesheetEndpoint.handle({
        scheme: 'http',
        headers: {},
        body: toParameters(),
        query,
        params: {},
        ip: '',
      });
      const isOwn = href === STYLESHEET_HREF;
      expect(reply.headers?.['cache-control']).toBe(
        isOwn ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
      expect(reply.contentType).toBe('text/css; charset=utf-8');
    },
  );
});
