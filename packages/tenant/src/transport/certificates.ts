import { createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { chmod, link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import { type Certificates, issueCertificates } from './issue-certificates.ts';

const RENEW_BEFORE_MS = 30 * 24 * 3600 * 1000;
const ATTEMPTS = 10;
/** The CA certificate alone, for `NODE_EXTRA_CA_CERTS` and `curl --cacert`. */
const AUTHORITY_NAME = 'tenant-ca.pem';
/** The path of the CA certificate in `directory`. */
export const authorityFile = (directory: string): string => resolve(directory, AUTHORITY_NAME);
/** Key, certificate and CA certificate in one file, so that parallel processes cannot mix theirs. */
const bundleName = (generation: number): string => `tenant-tls-${generation}.pem`;
const BUNDLE_PATTERN = /^tenant-tls-(\d{1,9})\.pem$/;

/**
 * The certificates of the tenant's port: those in `directory`, or new ones if they are missing, damaged, for another
 * domain, or expire within 30 days. Without a directory they are kept in memory. `clock` must be the machine's: clients check the dates
 * by their own clocks.
 */
export async function readCertificates(options: {
  readonly directory: string | undefined;
  /** The host name to certify, besides loopback names. Default: `localhost`. */
  readonly domain?: string;
  readonly clock: Clock;
}): Promise<Certificates> {
  const { directory, domain = 'localhost', clock } = options;
  if (directory === undefined) return issueCertificates(clock, domain);
  await mkdir(directory, { recursive: true });
  const certificates = await readOrIssue(directory, domain, clock);
  await keepAuthority(authorityFile(directory), certificates.caPem);
  return certificates;
}

/**
 * Uses the bundle of the highest generation. If it is not valid, one process claims the next generation by creating its
 * file exclusively, so that processes that start in parallel agree on one.
 */
async function readOrIssue(directory: string, domain: string, clock: Clock): Promise<Certificates> {
  let draft: string | undefined;
  try {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const generations = await readGenerations(directory);
      const latest = Math.max(0, ...generations);
      const kept = toCertificates(await readIfExists(join(directory, bundleName(latest))), domain, clock);
      if (kept) {
        await removeAll(
          directory,
          generations.filter((generation) => generation < latest),
        );
        return kept;
      }
      draft ??= await writeBundle(directory, await issueCertificates(clock, domain));
      await claim(draft, join(directory, bundleName(latest + 1)));
    }
  } finally {
    if (draft !== undefined) await rm(draft, { force: true });
  }
  throw new Error(`the certificates in ${directory} keep changing: another process is writing them`);
}

async function readGenerations(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  return names.flatMap((name) => BUNDLE_PATTERN.exec(name)?.[1] ?? []).map(Number);
}

async function removeAll(directory: string, generations: readonly number[]): Promise<void> {
  await Promise.all(
    generations.map((generation) => rm(join(directory, bundleName(generation)), { force: true })),
  );
}

const writeBundle = (directory: string, { keyPem, certPem, caPem }: Certificates): Promise<string> =>
  writeDraft(join(directory, 'tenant-tls'), `${keyPem}\n${certPem}\n${caPem}\n`, 0o600);

/** Creates `path` from `draft` unless it exists. */
async function claim(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return;
    // A file system without hard links.
    await rename(draft, path);
  }
}

async function keepAuthority(path: string, caPem: string): Promise<void> {
  if ((await readIfExists(path)) === `${caPem}\n`) return;
  await rename(await writeDraft(path, `${caPem}\n`, 0o644), path);
}

async function writeDraft(path: string, text: string, mode: number): Promise<string> {
  const draft = `${path}.${randomUUID()}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(draft, mode);
  return draft;
}

async function readIfExists(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

const hasCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

/** The parts of a bundle; undefined if one is missing, they do not match, or they expire too soon. */
function toCertificates(bundle: string | undefined, domain: string, clock: Clock): Certificates | undefined {
  const [keyPem, certPem, caPem] = bundle?.match(/-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----/g) ?? [];
  if (keyPem === undefined || certPem === undefined || caPem === undefined) return undefined;
  try {
    const key = createPrivateKey(keyPem);
    const leaf = new X509Certificate(certPem);
    const authority = new X509Certificate(caPem);
    const fits =
      authority.ca &&
      leaf.verify(authority.publicKey) &&
      leaf.checkIssued(authority) &&
      leaf.checkPrivateKey(key) &&
      ['localhost', domain].every((name) => leaf.checkHost(name) !== undefined) &&
      ['127.0.0.1', '::1'].every((ip) => leaf.checkIP(ip) !== undefined);
    const lasts = [leaf, authority].every(
      ({ validFromDate, validToDate }) =>
        validFromDate.getTime() <= clock.now() && validToDate.getTime() - clock.now() >= RENEW_BEFORE_MS,
    );
    return fits && lasts ? { caPem, certPem, keyPem } : undefined;
  } catch {
    // Not PEM, or truncated: a new bundle is created.
    return undefined;
  }
}
