import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSections } from '../../docs/site/pages.js';
import { ensureInstalled } from '../../scripts/install.js';
import { startChromium } from '../support/chromium.ts';
import { makeFolder } from '../support/folder.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { endWithRun } from '../support/programs.ts';
import { describeWith } from '../support/requirements.ts';

/** Preloaded into the build: a connection to another machine fails it. */
const OFFLINE = `const { Socket } = require('node:net');
const { connect } = Socket.prototype;
Socket.prototype.connect = function (...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  if (options?.host && !/^(localhost|127\\.|::1$)/.test(options.host)) throw new Error('a connection to ' + options.host);
  return connect.apply(this, args);
};`;

interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** Builds the site as `npm run docs -- --serve` does, without a network, and serves it. */
async function startSite(): Promise<Site> {
  ensureInstalled(path.resolve('docs/site'));
  const port = await findFreePorts(1);
  const offline = path.join(makeFolder({ 'offline.cjs': OFFLINE }), 'offline.cjs');
  const child = spawn(process.execPath, ['--require', offline, 'build.js', '--serve'], {
    cwd: 'docs/site',
    env: { ...process.env, NODE_OPTIONS: `--require ${offline}`, DOCS_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithRun(child);
  const lines: string[] = [];
  createInterface(child.stderr).on('line', (line) => lines.push(line));
  const url = `http://localhost:${port}`;
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the build ended with ${code}: ${lines.join('\n')}`)));
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line);
      if (line === url) resolve();
    });
  });
  return {
    url,
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

const DIST = 'docs/site/dist';
const pages = readSections().flatMap((section) => section.pages);
const read = (file: string): string => readFileSync(path.join(DIST, file), 'utf8');

let site: Site;
beforeAll(async () => {
  site = await startSite();
}, 600_000);
afterAll(() => site?.close());

describe('the documentation site, built without a network', () => {
  it('has every section of the documentation', () => {
    const sections = readSections().map(({ title }) => title);
    for (const title of ['Tutorials', 'How to: operate', 'Reference', 'Explanation', 'Project'])
      expect(sections).toContain(title);
    const files = globSync(['docs/{tutorials,how-to,reference,explanation,adr}/*.md']);
    expect(files.filter((file) => !pages.some((page) => page.file === file))).toEqual([]);
    expect(pages.length).toBeGreaterThan(70);
  });

  it('has every page as HTML, and as its Markdown source', () => {
    expect(pages.filter(({ address }) => !existsSync(path.join(DIST, `${address}.html`)))).toEqual([]);
    for (const { file, address } of pages) expect(read(`${address}.md`)).toBe(readFileSync(file, 'utf8'));
  });

  it('lists every page in llms.txt, and has the text of all in llms-full.txt', () => {
    const [list, all] = [read('llms.txt'), read('llms-full.txt')];
    expect(pages.filter(({ title, address }) => !list.includes(`- [${title}](/${address}.md)`))).toEqual([]);
    expect(pages.filter(({ file }) => !all.includes(readFileSync(file, 'utf8')))).toEqual([]);
  });

  it('loads no resource of another host', () => {
    const files = globSync('**/*.{html,css}', { cwd: DIST });
    expect(files.length).toBeGreaterThan(pages.length);
    const loads =
      /<(?:script|img|iframe|source)\b[^>]*\ssrc="(?:https?:)?\/\/|<link\b[^>]*\shref="(?:https?:)?\/\/|url\(["']?(?:https?:)?\/\//;
    expect(files.filter((file) => loads.test(read(file)))).toEqual([]);
  });
});

describeWith('chromium', 'the documentation site in a browser', () => {
  let chromium: Browser;
  beforeAll(async () => {
    chromium = await startChromium();
  });
  afterAll(() => chromium.close());

  it.each(['', 'README', 'explanation/sessions', 'reference/http-api', 'how-to/step-up'])(
    'asks no other host for anything: /%s',
    async (address) => {
      const page = await chromium.newPage();
      const others: string[] = [];
      page.on('request', (request) => {
        const { origin, protocol } = new URL(request.url());
        if (origin !== site.url && protocol.startsWith('http')) others.push(request.url());
      });
      await page.goto(`${site.url}/${address}`, { waitUntil: 'networkidle' });
      expect(await page.locator('main, .VPHome').count()).toBeGreaterThan(0);
      expect(others).toEqual([]);
      await page.close();
    },
  );

  it('draws the diagrams', async () => {
    const page = await chromium.newPage();
    await page.goto(`${site.url}/explanation/sessions`);
    await expect.poll(() => page.locator('.mermaid svg').count()).toBeGreaterThan(3);
    await page.close();
  });

  it.each(['light', 'dark'] as const)('is %s for a user with this preference', async (colorScheme) => {
    const page = await chromium.newPage({ colorScheme });
    await page.goto(`${site.url}/how-to/mfa`);
    expect(await page.evaluate(`document.documentElement.classList.contains('dark')`)).toBe(
      colorScheme === 'dark',
    );
    await page.close();
  });

  it('finds a page by its text', async () => {
    const page = await chromium.newPage();
    await page.goto(`${site.url}/README`);
    const input = page.locator('.VPLocalSearchBox input');
    // Keys have no effect before the script of the page runs.
    const open = async () => {
      await page.keyboard.press('Control+k');
      return input.count();
    };
    await expect.poll(open, { timeout: 30_000, interval: 500 }).toBe(1);
    await input.fill('machine client calls');
    await page.locator('.VPLocalSearchBox a[href*="/tutorials/machine-client"]').first().waitFor();
    await page.close();
  });
});
