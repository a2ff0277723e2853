import { globSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followPage, HAS_CURL } from '../support/follow-page.ts';
import { parseSteps, readSteps, type Shown, toExpected, toShownOutput } from '../support/runnable-page.ts';
import { startWorld, type World } from '../support/world.ts';

/** Pages that are run by other tests, with the demo or the packages of a frontend. */
const ELSEWHERE = ['docs/tutorials/third-party-apps.md', 'docs/tutorials/react-without-tokens.md'];

const PAGES = globSync(['README.md', 'docs/{tutorials,how-to}/*.md'])
  .filter((page) => !ELSEWHERE.includes(page) && readSteps(page).length > 0)
  .toSorted();

describe.skipIf(!HAS_CURL)(`the commands of a page${HAS_CURL ? '' : ' (left out: no curl here)'}`, () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
  });
  afterAll(() => world.close());

  it.each(PAGES)('work as written, from an empty folder: %s', async (page) => {
    await followPage(readSteps(page), { gateway: world.gateway.publicUrl, tenant: world.tenant.origin });
  });
});

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

  it('has steps: marked blocks, each with the next block as its output, and files', () => {
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
    const nowhere = { gateway: 'http://localhost:1', tenant: 'http://localhost:2' };
    const following = followPage(steps, nowhere);
    await expect(following).rejects.toThrow(/a command failed:\necho "\$NAME"[^]*\nx\n[^]*missing-file/);
    await expect(following).rejects.not.toThrow(/\nnever/);
  });
});
