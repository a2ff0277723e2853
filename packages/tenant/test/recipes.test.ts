import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FRAMEWORKS, parseFramework, type RecipeTarget, toRecipe } from '../src/clients/recipes.ts';
import { toClient } from '../src/state/client-defaults.ts';
import { openTenantStore, type TenantStore } from '../src/transfer/tenant-store.ts';
import { noticeOf, press } from './console/press.ts';
import { createBrowser } from './support/browser.ts';
import { startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';

const web = toClient({ client_id: 'web', name: 'Web', client_secret: 'a-secret' });
const spa = toClient({ client_id: 'spa', token_endpoint_auth_method: 'none' });
const target: RecipeTarget = {
  issuer: 'https://localhost:4400/',
  client: web,
  caFile: '/data/tenant-ca.pem',
};
const http = { ...target, issuer: 'http://localhost:4400/' };

describe('the recipe', () => {
  it.each([
    [
      'next',
      {
        AUTH0_DOMAIN: 'localhost:4400',
        AUTH0_CLIENT_ID: 'web',
        AUTH0_CLIENT_SECRET: 'a-secret',
        AUTH0_SECRET: expect.stringMatching(/^[\da-f]{64}$/),
        APP_BASE_URL: 'http://localhost:3000',
      },
    ],
    [
      'express',
      {
        ISSUER_BASE_URL: 'https://localhost:4400',
        CLIENT_ID: 'web',
        CLIENT_SECRET: 'a-secret',
        SECRET: expect.any(String),
        BASE_URL: 'http://localhost:3000',
      },
    ],
    ['react', { VITE_AUTH0_DOMAIN: 'localhost:4400', VITE_AUTH0_CLIENT_ID: 'web' }],
    [
      'python',
      {
        AUTH0_DOMAIN: 'localhost:4400',
        AUTH0_CLIENT_ID: 'web',
        AUTH0_CLIENT_SECRET: 'a-secret',
        AUTH0_SECRET: expect.any(String),
        AUTH0_REDIRECT_URI: 'http://localhost:5000/callback',
      },
    ],
    ['auth0', { AUTH0_DOMAIN: 'localhost:4400', AUTH0_CLIENT_ID: 'web', AUTH0_CLIENT_SECRET: 'a-secret' }],
  ])('of %s is a .env file with exactly its variables', (framework, variables) => {
    expect(parseEnv(toRecipe(parseFramework(framework), target).text)).toEqual(variables);
  });

  it('of each framework but Angular is a .env file as a whole', () => {
    for (const framework of FRAMEWORKS.filter((one) => one !== 'angular')) {
      const { lines, text } = toRecipe(framework, target);
      const names = lines.map((line) => line.split('=')[0] ?? '');
      expect(Object.keys(parseEnv(text)).toSorted(), framework).toEqual(names.toSorted());
    }
  });

  it('of Angular is a TypeScript file', () => {
    const { text, file } = toRecipe('angular', { ...target, client: spa });
    expect(file).toBe('src/environments/environment.ts');
    expect(text).toContain('auth0: { domain: "localhost:4400", clientId: "spa" }');
    expect(text.split('\n').filter((line) => line.startsWith('#'))).toEqual([]);
  });

  it('quotes values that would otherwise end a line or begin a comment', () => {
    const client = { ...web, client_id: 'a b\nEVIL=1 #"' };
    expect(parseEnv(toRecipe('auth0', { ...target, client }).text)).toMatchObject({
      AUTH0_CLIENT_SECRET: 'a-secret',
    });
    expect(toRecipe('auth0', { ...target, client }).text).not.toMatch(/^EVIL/m);
  });

  it('says how each framework trusts the certificate, and not where the issuer has http', () => {
    for (const framework of FRAMEWORKS) {
      const client = toRecipe(framework, target).text.includes('VITE') ? spa : web;
      const notes = toRecipe(framework, { ...target, client }).notes.join('\n');
      expect(notes, framework).toContain('/data/tenant-ca.pem');
      expect(toRecipe(framework, http).text, framework).not.toContain('tenant-ca.pem');
    }
  });

  it('has the scheme only for SDKs that take one; the others say that they cannot use http', () => {
    expect(toRecipe('react', http).lines[0]).toBe('VITE_AUTH0_DOMAIN=http://localhost:4400');
    expect(toRecipe('next', http).text).toContain('allowInsecureRequests: true');
    expect(toRecipe('python', http).text).toContain('without TENANT_SCHEME=http');
  });

  it('warns of an application of the wrong kind', () => {
    expect(toRecipe('next', { ...target, client: spa }).notes[0]).toContain('has no client secret');
    expect(toRecipe('react', target).notes[0]).toContain('a browser cannot keep');
  });

  it('names the URLs that the application lacks, and no others', () => {
    const urls = { callbacks: ['http://localhost:3000/auth/callback'], allowed_logout_urls: [] };
    const { missing } = toRecipe('next', { ...target, client: { ...web, ...urls } });
    expect(missing).toEqual({
      callbacks: [],
      allowed_logout_urls: ['http://localhost:3000'],
      web_origins: [],
    });
  });

  it('of an unknown framework is an error that lists the known ones', () => {
    expect(() => parseFramework('toString')).toThrow(/"toString".+Known are: next, react, .+auth0\.$/);
  });
});

describe.each(stores)('the recipe of a tenant on %s', (kind) => {
  let t: TestTenant;
  let store: TenantStore;
  beforeAll(async () => {
    const seed = {
      clients: [{ client_id: 'shop', name: 'Shop' }],
      client_grants: [{ client_id: 'shop', audience: 'urn:maps', scope: ['directions'] }],
    };
    t = await startTestTenant(kind, seed, { quick: false });
    const { port } = t.tenant;
    const { data } = (await t.get('/_tenant/about')).json;
    store = await openTenantStore(
      { host: '127.0.0.1', port, dataFile: String(data) },
      { createIfMissing: false },
    );
  });
  afterAll(async () => {
    store.close();
    await t.close();
  });

  it('comes from the control API with its address, the secret and the CA file', async () => {
    const recipe = await store.recipe('Shop', 'next');
    expect(parseEnv(recipe?.text ?? '')).toMatchObject({
      AUTH0_DOMAIN: t.tenant.domain,
      AUTH0_CLIENT_SECRET: t.tenant.credentials('shop')?.client_secret,
    });
    expect(recipe?.text).toContain(t.tenant.caFile ?? '/console/tenant-ca.pem');
    expect(await store.recipe('nobody', 'next')).toBeUndefined();
    await expect(store.recipe('shop', 'cobol')).rejects.toThrow('Known are: next');
    expect((await t.get('/_tenant/credentials/shop?env=cobol')).status).toBe(400);
  });

  it('has values that get a token, over https with the CA of the tenant', async () => {
    const recipe = await store.recipe('shop', 'auth0');
    const { AUTH0_DOMAIN, AUTH0_CLIENT_ID, AUTH0_CLIENT_SECRET } = parseEnv(recipe?.text ?? '');
    const answer = await fetch(`https://${AUTH0_DOMAIN}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        audience: 'urn:maps',
        client_id: AUTH0_CLIENT_ID ?? '',
        client_secret: AUTH0_CLIENT_SECRET ?? '',
      }),
    });
    expect(await answer.json()).toMatchObject({ token_type: 'Bearer', scope: 'directions' });
  });

  it('is the same of the file of a tenant that does not run', async () => {
    const { data } = (await t.get('/_tenant/about')).json;
    if (kind === 'memory') return;
    const file = await openTenantStore(
      { host: '127.0.0.1', port: 0, dataFile: String(data) },
      { createIfMissing: false },
    );
    const [one, other] = await Promise.all([store.recipe('shop', 'express'), file.recipe('shop', 'express')]);
    file.close();
    const withoutSecret = (text = '') => text.replace(/^SECRET=.*$/m, '');
    expect(withoutSecret(other?.text)).toBe(withoutSecret(one?.text));
    expect(readFileSync(t.tenant.caFile ?? '', 'utf8')).toContain(t.tenant.caPem.trim());
  });
});

describe('the page of an application', () => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant('memory', {
      clients: [
        { client_id: 'shop', name: 'Shop' },
        {
          client_id: 'page',
          name: 'Page',
          app_type: 'spa',
          token_endpoint_auth_method: 'none',
        },
      ],
    });
  });
  afterAll(() => t.close());
  const open = (id: string, query = '') =>
    createBrowser().get(`${t.tenant.origin}/console/applications/${id}${query}`);

  it('shows the recipe of the chosen framework without the secret, which is shown on request', async () => {
    const secret = t.tenant.credentials('shop')?.client_secret ?? '';
    expect((await open('shop')).text).toContain(`AUTH0_DOMAIN=${t.tenant.domain}\nAUTH0_CLIENT_ID=shop\n`);
    const { text } = await open('shop', '?framework=express');
    expect(text).toContain('CLIENT_ID=shop\nCLIENT_SECRET=...\n');
    expect(text).not.toContain(secret);
    const shown = await press(
      createBrowser(),
      `${t.tenant.origin}/console/applications/shop?framework=express`,
      'show-secret',
      {},
      { framework: 'express' },
    );
    expect(shown.text).toContain(`CLIENT_ID=shop\nCLIENT_SECRET=${secret}\n`);
  });

  it('offers the frameworks that suit the application', async () => {
    const offered = (text: string) => [...text.matchAll(/\?framework=([\w-]+)#/g)].map(([, name]) => name);
    expect(offered((await open('page')).text)).toEqual(['react', 'vue', 'svelte', 'spa-js', 'angular']);
    expect(offered((await open('shop')).text)).toContain('fastapi');
    expect((await open('page', '?framework=%22%3E%3Cimg')).text).toContain('VITE_AUTH0_CLIENT_ID=page');
  });

  it('adds the URLs that the framework needs, once', async () => {
    const url = `${t.tenant.origin}/console/applications/page?framework=angular`;
    const page = await press(createBrowser(), url, 'add-urls', {}, { framework: 'angular' });
    expect(noticeOf(page)).toBe('The URLs of the framework have been added.');
    expect(t.stored.clients.get('page')).toMatchObject({
      callbacks: ['http://localhost:4200'],
      allowed_logout_urls: ['http://localhost:4200'],
      web_origins: ['http://localhost:4200'],
    });
    expect((await open('page', '?framework=angular')).text).not.toContain('Add these URLs');
  });
});
