import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installFrontend } from '../../packages/client/test/support/install-frontend.ts';
import { createBrowser, locationOf } from '../../packages/tenant/test/support/browser.ts';
import { makeFolder } from '../support/folder.ts';
import {
  openTerminal,
  parseSteps,
  readSteps,
  type Shown,
  type Step,
  toExpected,
  toShownOutput,
} from '../support/runnable-page.ts';
import { startWorld, type World } from '../support/world.ts';
import { type Demo, demoPassword, startDemo } from './demo/start-demo.ts';

const hasCurl = spawnSync('curl', ['--version']).status === 0;

/** The page whose reader installs packages, which this test does without a network. */
const FRONTEND_PAGE = 'docs/tutorials/react-without-tokens.md';

/** The page whose gateway is that of `npm run demo`. */
const DEMO_PAGE = 'docs/tutorials/third-party-apps.md';

/** The pages whose commands run against a gateway of `npm start`. */
const PAGES = globSync(['README.md', 'docs/{tutorials,how-to}/*.md'])
  .filter((page) => page !== DEMO_PAGE && readSteps(page).length > 0)
  .toSorted();

/** Addresses as the pages have them, and where they are in a test. */
type Addresses = readonly (readonly [shown: string, actual: string])[];

const toActual = (text: string, addresses: Addresses): string =>
  addresses.reduce((replaced, [shown, actual]) => replaced.replaceAll(shown, actual), text);
const toShownAddresses = (text: string, addresses: Addresses): string =>
  addresses.reduce((replaced, [shown, actual]) => replaced.replaceAll(actual, shown), text);

/** Follows a page from a folder, in one terminal, and compares what it shows. */
async function follow(steps: readonly Step[], addresses: Addresses, folder = makeFolder()): Promise<void> {
  const portOf = (shown: string): string =>
    new URL(addresses.find(([name]) => name === shown)?.[1] ?? '').port;
  const terminal = openTerminal(
    {
      ...process.env,
      PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH']}`,
      PUBLIC_URL: addresses[0]?.[1],
      TENANT_PORT: portOf('http://localhost:4400'),
    },
    folder,
  );
  const read = (output: string, shown: Shown): unknown =>
    toShownOutput(toShownAddresses(output, addresses), shown);
  try {
    for (const step of steps) {
      if (step.kind === 'file') {
        terminal.save(step.name, toActual(step.text, addresses));
        continue;
      }
      const { isInCheckout, isServer, shown } = step;
      const code = toActual(step.code, addresses);
      const output = isServer
        ? await terminal.serve(
            code,
            isInCheckout,
            (soFar) => shown === undefined || read(soFar, shown) === toExpected(shown),
          )
        : await terminal.run(code, isInCheckout);
      if (shown && !isServer)
        expect({ code, output: read(output, shown) }).toEqual({ code, output: toExpected(shown) });
    }
  } finally {
    await terminal.close();
  }
}

describe.skipIf(!hasCurl)(`the commands of a page${hasCurl ? '' : ' (left out: no curl here)'}`, () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
  });
  afterAll(() => world.close());

  it.each(PAGES)('work as written, from an empty folder: %s', async (page) => {
    const folder = makeFolder();
    if (page === FRONTEND_PAGE) await installFrontend(folder);
    const addresses = [
      ['http://localhost:3000', world.gateway.publicUrl],
      ['http://localhost:4400', world.tenant.origin],
      ['https://localhost:4400/', world.tenant.issuer],
    ] as const;
    await follow(readSteps(page), addresses, folder);
  });
});

describe.skipIf(!hasCurl)(
  `the commands of a page about the demo${hasCurl ? '' : ' (left out: no curl here)'}`,
  () => {
    let demo: Demo;
    beforeAll(async () => {
      demo = await startDemo();
      // What the reader has done in a browser: Ada accepts what CalendarApp asks for.
      const browser = createBrowser();
      const login = await browser.open(locationOf(await browser.get(`${demo.urls.CalendarApp}/sign-in`)));
      const consent = await browser.submit(login, { username: 'ada@example.com', password: demoPassword });
      await browser.get(locationOf(await browser.submit(consent, { action: 'accept' })));
    });
    afterAll(() => demo.close());

    it('work as written, from an empty folder', async () => {
      const steps = readSteps(DEMO_PAGE);
      expect(steps.length).toBeGreaterThan(5);
      await follow(steps, [
        ['http://localhost:3000', demo.urls.Gatehouse],
        ['http://localhost:4400', demo.urls.Tenant],
      ]);
    });
  },
);

describe('a page with commands', () => {
  const page = [
    '```sh',
    'rm -rf nothing',
    '```',
    '1. Save:',
    '   ```js file=src/a.js',
    '   if (true)',
    '     run();',
    '   ```',
    '```sh run checkout',
    'npm run x',
    '```',
    'prints',
    '```text',
    'a … z',
    '```',
    '```sh run server',
    'node a.js',
    '```',
    '```json file=b.json',
    '{}',
    '```',
  ].join('\n');

  it('has steps: blocks that are marked, with what follows as their output, and files', () => {
    expect(parseSteps(page)).toEqual([
      { kind: 'file', name: 'src/a.js', text: 'if (true)\n  run();\n' },
      {
        kind: 'run',
        code: 'npm run x\n',
        isInCheckout: true,
        isServer: false,
        shown: { language: 'text', text: 'a … z' },
      },
      { kind: 'run', code: 'node a.js\n', isInCheckout: false, isServer: true, shown: undefined },
      { kind: 'file', name: 'b.json', text: '{}\n' },
    ]);
  });

  it.each<[output: string, language: Shown['language'], text: string, isRight: boolean]>([
    ['a 1 z\n', 'text', 'a … z', true],
    ['a 1 y\n', 'text', 'a … z', false],
    ['a 1 z, and more', 'text', 'a … z', false],
    ['{"id":"auth0|1","n":2}', 'json', '{"id": "auth0|…", "n": 2}', true],
    ['{"id":"other|1","n":2}', 'json', '{"id": "auth0|…", "n": 2}', false],
    ['{"n":2}', 'json', '{"id": "…", "n": 2}', false],
    ['{"n":2,"m":3}', 'json', '{"n": 2}', false],
    ['{"n":2,"m":3}', 'json', '{"n": 2, "…": "…"}', true],
    ['[1,2,3]', 'json', '[1, "…"]', true],
    ['[2,2,3]', 'json', '[1, "…"]', false],
    ['[1,2]', 'json', '[1]', false],
  ])('compares %j with the %s %j: %s', (output, language, text, isRight) => {
    const shown = { language, text };
    const same = JSON.stringify(toShownOutput(output, shown)) === JSON.stringify(toExpected(shown));
    expect(same).toBe(isRight);
  });

  it('fails with the command and its output', async () => {
    const steps = parseSteps(
      '```sh run\nNAME=x\n```\n```sh run\necho "$NAME"; ls missing-file; echo never\n```\n',
    );
    const following = follow(steps, [
      ['http://localhost:3000', 'http://localhost:1'],
      ['http://localhost:4400', 'http://localhost:2'],
    ]);
    await expect(following).rejects.toThrow(/a command failed:\necho "\$NAME"[^]*\nx\n[^]*missing-file/);
    await expect(following).rejects.not.toThrow(/\nnever/);
  });
});
