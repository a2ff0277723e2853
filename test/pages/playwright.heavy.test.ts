import { execFile } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { installFrontend } from '../../packages/client/test/support/install-frontend.ts';
import { makeFolder } from '../support/folder.ts';
import { findFreePorts } from '../support/free-ports.ts';
import { describeWith, pathOf } from '../support/requirements.ts';
import { readSteps } from '../support/runnable-page.ts';
import { adapt, readBlock } from './support/page-block.ts';

const PAGE = 'docs/how-to/testing.md';
const TUTORIAL = 'docs/tutorials/react-without-tokens.md';

/** The application of the tutorial in a folder beside the checkout, with the packages of its `npm install`. */
async function writeApplication(gateway: string, port: number): Promise<string> {
  const parent = makeFolder();
  symlinkSync(process.cwd(), path.join(parent, 'gatehouse'));
  const folder = path.join(parent, 'places');
  mkdirSync(path.join(folder, 'src'), { recursive: true });
  await installFrontend(folder);
  for (const name of ['@playwright', 'playwright', 'playwright-core'])
    symlinkSync(path.resolve('node_modules', name), path.join(folder, 'node_modules', name));
  const scripts = { dev: `vite --strictPort --host localhost --port ${port}` };
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ type: 'module', scripts }));
  for (const step of readSteps(TUTORIAL))
    if (step.kind === 'file')
      writeFileSync(path.join(folder, step.name), step.text.replaceAll('http://localhost:3000', gateway));
  return folder;
}

describeWith('chromium', 'the Playwright test of the page about tests', () => {
  it('starts the gateway and the frontend, and passes', async () => {
    const first = await findFreePorts(4);
    const [gateway, frontend] = [`http://localhost:${first}`, `http://localhost:${first + 1}`];
    const folder = await writeApplication(gateway, first + 1);
    const options = { executablePath: pathOf('chromium'), args: ['--no-sandbox'] };
    const config = adapt(readBlock(PAGE, 'playwright.config.ts'), {
      'http://localhost:3000': gateway,
      "use: { baseURL: 'http://localhost:5173' },": `reporter: 'json',
        use: { baseURL: '${frontend}', launchOptions: ${JSON.stringify(options)} },`,
      'http://localhost:5173': frontend,
    });
    writeFileSync(path.join(folder, 'playwright.config.ts'), config);
    const test = adapt(readBlock(PAGE, "test('shows who is signed in'"), {
      'http://localhost:3000': gateway,
    });
    writeFileSync(path.join(folder, 'session.spec.ts'), test);
    const env = {
      ...process.env,
      NODE_ENV: '',
      PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH']}`,
      PORT: String(first),
      TENANT_PORT: String(first + 2),
      ADMIN_PORT: String(first + 3),
      SESSION_SECRETS: 'a secret of the tests that is long enough',
    };
    const command = [path.resolve('node_modules/@playwright/test/cli.js'), 'test'];
    const run = await promisify(execFile)(process.execPath, command, { cwd: folder, env }).catch(
      (error: { stdout: string }) => error,
    );
    const report = JSON.parse(run.stdout.slice(run.stdout.indexOf('{'))) as {
      stats: object;
      errors: unknown[];
    };
    expect(report.errors).toEqual([]);
    expect(report.stats).toMatchObject({ expected: 1, unexpected: 0 });
  });
});
