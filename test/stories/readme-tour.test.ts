import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../support/folder.ts';

const hasCurl = spawnSync('curl', ['--version']).status === 0;

/** The shell blocks of the README's tour, in order. */
async function tourOf(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8');
  const [, tour = ''] = /## A tour with curl\n([\s\S]*?)\n## /.exec(text) ?? [];
  return [...tour.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block ?? '');
}

describe.skipIf(!hasCurl)(`the README's tour${hasCurl ? '' : ' (left out: no curl here)'}`, () => {
  it('works as written', async () => {
    const folder = makeFolder();
    const env = {
      ...process.env,
      PATH: `${path.dirname(process.execPath)}:${process.env['PATH']}`,
      PORT: '0',
      ADMIN_PORT: '0',
      TENANT_PORT: '0',
      TENANT_DATA: path.join(folder, 'tenant.db'),
    };
    const child = spawn(process.execPath, ['src/main.ts'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      let started: { url: string; issuer: string } | undefined;
      for await (const line of createInterface({ input: child.stdout })) {
        const fields = JSON.parse(line) as { url?: string; issuer?: string };
        if (fields.url !== undefined && fields.issuer !== undefined) {
          started = { url: fields.url, issuer: fields.issuer };
          break;
        }
      }
      if (!started) throw new Error('the gateway ended before it listened');
      child.stdout.resume();
      const tenant = started.issuer.replace('https:', 'http:').replace(/\/$/, '');
      const blocks = (await tourOf('README.md')).map((block) =>
        block
          .replaceAll('http://localhost:3000', started.url)
          .replaceAll('http://localhost:4400', tenant)
          .replaceAll('npm run -s gatehouse --', 'node src/cli/index.ts'),
      );
      expect(blocks).toHaveLength(5);
      const script = blocks.join('\necho; echo ---block---\n');
      const { stdout } = await promisify(execFile)('bash', ['-eu', '-c', script], { env });
      const [first, second, third, fourth, fifth] = stdout.split('---block---');
      expect(first).toMatch(/"email":"ada@example.com"/);
      expect(first).toMatch(/"lat":47\.6\d*,"lng":-122\.1/);
      expect(second).toMatch(/401 Unauthorized[\s\S]*WWW-Authenticate: Bearer realm="gatehouse"/);
      expect(second).toMatch(/"kind": ?"verify_email"/);
      expect(third).toMatch(/"access_token":"eyJ/);
      expect(fourth).toMatch(/"users":\[\{"id":"auth0\|[^"]+","email":"ada@example.com"/);
      expect(fourth).toMatch(/"key":"acme","name":"Acme","client_id":"\w+","scopes":\["geocode:location"\]/);
      expect(fifth).toMatch(/90000/);
      expect(fifth).toMatch(/"code":"invalid_token"/);
    } finally {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  });
});
