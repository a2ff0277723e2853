import { execFile } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeFolder } from '../../../test/support/folder.ts';
import { systemClock } from '../src/lib/clock.ts';
import { readCertificates } from '../src/transport/certificates.ts';
import { listenTransport, type Transport } from '../src/transport/listen-transport.ts';

const run = promisify(execFile);
const dayMs = 24 * 3600 * 1000;
const daysAgo = (days: number) => ({ now: () => systemClock.now() - days * dayMs });
const hasTool = (tool: string, flag: string): Promise<boolean> =>
  run(tool, [flag]).then(
    () => true,
    () => false,
  );
const hasOpenssl = await hasTool('openssl', 'version');
const hasCurl = await hasTool('curl', '--version');

let directory: string;
const open: Transport[] = [];

beforeEach(async () => {
  directory = makeFolder();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((transport) => transport.close()));
});

const read = (clock = systemClock) => readCertificates({ directory, clock });
const caFile = () => join(directory, 'tenant-ca.pem');
const bundleFile = () => join(directory, 'tenant-tls-1.pem');

async function serve(): Promise<number> {
  const { keyPem: key, certPem: cert } = await read();
  const transport = await listenTransport({ host: '127.0.0.1', port: 0, tls: { key, cert } });
  open.push(transport);
  transport.serve((_request, response) => response.end('trusted'));
  return transport.port;
}

it('a second start uses the certificates of the first', async () => {
  const first = await read();
  expect(await read()).toEqual(first);
  expect(new X509Certificate(await readFile(caFile())).fingerprint256).toBe(
    new X509Certificate(first.caPem).fingerprint256,
  );
});

it('the key is readable for its owner only, the CA for all, and no other file remains', async () => {
  await read();
  expect((await readdir(directory)).toSorted()).toEqual(['tenant-ca.pem', 'tenant-tls-1.pem']);
  expect((await stat(bundleFile())).mode & 0o777).toBe(0o600);
  expect((await stat(caFile())).mode & 0o777).toBe(0o644);
  expect(await readFile(caFile(), 'utf8')).not.toContain('PRIVATE KEY');
});

it("only the leaf's key is stored", async () => {
  const { caPem, certPem, keyPem } = await read();
  const key = createPrivateKey(keyPem);
  expect((await readFile(bundleFile(), 'utf8')).match(/PRIVATE KEY/g)).toHaveLength(2);
  expect(new X509Certificate(certPem).checkPrivateKey(key)).toBe(true);
  expect(new X509Certificate(caPem).checkPrivateKey(key)).toBe(false);
});

it('in memory each call creates new certificates', async () => {
  const [one, other] = await Promise.all(
    [1, 2].map(() => readCertificates({ directory: undefined, clock: systemClock })),
  );
  expect(one?.caPem).not.toBe(other?.caPem);
  expect(await readdir(directory)).toEqual([]);
});

it('certificates with 30 days left are kept, with fewer they are recreated', async () => {
  const old = await readCertificates({ directory, clock: daysAgo(334) });
  expect(await read()).toEqual(old);
  await rm(bundleFile());
  const older = await readCertificates({ directory, clock: daysAgo(336) });
  const renewed = await read();
  expect(renewed.certPem).not.toBe(older.certPem);
  expect(renewed.caPem).not.toBe(older.caPem);
  expect(await readFile(caFile(), 'utf8')).toContain(renewed.caPem);
  expect(new X509Certificate(renewed.certPem).validToDate.getTime()).toBeGreaterThan(
    systemClock.now() + 300 * dayMs,
  );
});

it.each([
  ['empty', () => ''],
  ['cut short', (text: string) => text.slice(0, text.length / 2)],
  ['no PEM', () => 'not a certificate'],
  ['a PEM of nonsense', (text: string) => text.replaceAll(/^[A-Za-z0-9+/=]{60,}$/gm, 'QUJD')],
  ['a flipped signature', (text: string) => text.replace(/(.{8})(=*\n-----END CERTIFICATE)/, 'AAAAAAAA$2')],
])('a bundle that is %s is recreated', async (_what, damage) => {
  const first = await read();
  await writeFile(bundleFile(), damage(await readFile(bundleFile(), 'utf8')));
  const second = await read();
  expect(second.caPem).not.toBe(first.caPem);
  expect(await read()).toEqual(second);
  expect(await readFile(caFile(), 'utf8')).toContain(second.caPem);
  expect(await readdir(directory)).toHaveLength(2);
});

it('a leaf with a different key is recreated', async () => {
  const { certPem, caPem } = await read();
  const { keyPem } = await readCertificates({ directory: undefined, clock: systemClock });
  await writeFile(bundleFile(), `${keyPem}\n${certPem}\n${caPem}\n`);
  expect((await read()).certPem).not.toBe(certPem);
});

it('a missing CA file is written again', async () => {
  const { caPem } = await read();
  await rm(caFile());
  await read();
  expect(await readFile(caFile(), 'utf8')).toContain(caPem);
});

it.each(['no bundle', 'a broken bundle', 'an old bundle'])(
  'many starts at once over %s agree on one',
  async (state) => {
    if (state === 'a broken bundle') await writeFile(bundleFile(), 'broken');
    if (state === 'an old bundle') await readCertificates({ directory, clock: daysAgo(340) });
    const all = await Promise.all(Array.from({ length: 8 }, () => read()));
    expect(new Set(all.map(({ certPem }) => certPem)).size).toBe(1);
    expect(await readFile(caFile(), 'utf8')).toContain(all[0]?.caPem);
    expect(await readdir(directory)).toHaveLength(2);
  },
);

it('creating certificates leaves Reflect unchanged', async () => {
  const before = Reflect.ownKeys(Reflect);
  await readCertificates({ directory: undefined, clock: systemClock });
  expect(Reflect.ownKeys(Reflect)).toEqual(before);
});

it('this process trusts the port for all three names once it trusts the CA', async () => {
  const port = await serve();
  const before = getCACertificates('default');
  await expect(fetch(`https://localhost:${port}/`)).rejects.toThrow();
  setDefaultCACertificates([...before, await readFile(caFile(), 'utf8')]);
  try {
    for (const name of ['localhost', '127.0.0.1', '[::1]']) {
      expect(await (await fetch(`https://${name}:${port}/`)).text()).toBe('trusted');
    }
  } finally {
    setDefaultCACertificates(before);
  }
});

it('another node process trusts the port by NODE_EXTRA_CA_CERTS', async () => {
  const port = await serve();
  const script = `process.stdout.write(await (await fetch('https://localhost:${port}/')).text())`;
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: caFile() };
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { env });
  expect(stdout).toBe('trusted');
});

it.skipIf(!hasOpenssl)('openssl accepts the chain in strict mode for every name', async () => {
  const { certPem } = await read();
  const leaf = join(directory, 'leaf.pem');
  await writeFile(leaf, certPem);
  const names = [
    ['-verify_hostname', 'localhost'],
    ['-verify_ip', '127.0.0.1'],
    ['-verify_ip', '::1'],
  ];
  for (const name of names) {
    const args = ['verify', '-x509_strict', '-purpose', 'sslserver', ...name, '-CAfile', caFile(), leaf];
    expect((await run('openssl', args)).stdout).toContain('leaf.pem: OK');
  }
});

it.skipIf(!hasCurl)('curl trusts the port with --cacert only', async () => {
  const port = await serve();
  const url = `https://localhost:${port}/`;
  expect((await run('curl', ['-sS', '--noproxy', '*', '--cacert', caFile(), url])).stdout).toBe('trusted');
  await expect(run('curl', ['-sS', '--noproxy', '*', url])).rejects.toMatchObject({ code: 60 });
});
