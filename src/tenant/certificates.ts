import { createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../lib/clock.ts';
import { type Certificates, issueCertificates } from './certificates-issue.ts';

const renewBeforeMs = 30 * 24 * 3600 * 1000;
const attempts = 5;
/** Key, leaf and authority in one file, so that no two processes can mix theirs. */
const bundleName = 'tenant-tls.pem';
/** The authority alone, for `NODE_EXTRA_CA_CERTS` and `curl --cacert`. */
const authorityName = 'tenant-ca.pem';

/**
 * The certificates of the tenant's port: those kept in `directory`, or new ones where there are none, they are
 * damaged, or fewer than 30 days are left. Without a directory they live in memory.
 * `clock` must be the machine's: peers judge the dates by their own clocks, which do not travel.
 */
export async function readCertificates(options: {
  readonly directory: string | undefined;
  readonly clock: Clock;
}): Promise<Certificates> {
  const { directory, clock } = options;
  if (directory === undefined) return issueCertificates(clock);
  await mkdir(directory, { recursive: true });
  const certificates = await readOrIssue(join(directory, bundleName), clock);
  await keepAuthority(join(directory, authorityName), certificates.caPem);
  return certificates;
}

/** Of several processes that start at once the first to link its bundle wins, and the others use that one. */
async function readOrIssue(path: string, clock: Clock): Promise<Certificates> {
  const kept = toCertificates(await readIfThere(path), clock);
  if (kept) return kept;
  const fresh = await issueCertificates(clock);
  const draft = await writeBeside(path, `${fresh.keyPem}\n${fresh.certPem}\n${fresh.caPem}\n`, 0o600);
  try {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      await setAsideIfBad(path, clock);
      if (await claim(draft, path)) return fresh;
      const winner = toCertificates(await readIfThere(path), clock);
      if (winner) return winner;
    }
    await rename(draft, path);
    return fresh;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Moves a bundle that is no good out of the way; one that another process has just made goes back. */
async function setAsideIfBad(path: string, clock: Clock): Promise<void> {
  const text = await readIfThere(path);
  if (text === undefined || toCertificates(text, clock)) return;
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
    if (toCertificates(await readIfThere(aside), clock)) await claim(aside, path);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

/** Puts `draft` at `path` unless something is there already. */
async function claim(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    // A file system without hard links: the last one wins.
    await rename(draft, path);
    return true;
  }
}

async function keepAuthority(path: string, caPem: string): Promise<void> {
  if ((await readIfThere(path)) === `${caPem}\n`) return;
  await rename(await writeBeside(path, `${caPem}\n`, 0o644), path);
}

async function writeBeside(path: string, text: string, mode: number): Promise<string> {
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

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

const hasCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

/** A bundle's parts, or undefined where one is missing, does not fit the others, or has too few days left. */
function toCertificates(bundle: string | undefined, clock: Clock): Certificates | undefined {
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
      leaf.checkHost('localhost') !== undefined &&
      ['127.0.0.1', '::1'].every((ip) => leaf.checkIP(ip) !== undefined);
    const lasts = [leaf, authority].every(
      ({ validFromDate, validToDate }) =>
        validFromDate.getTime() <= clock.now() && validToDate.getTime() - clock.now() >= renewBeforeMs,
    );
    return fits && lasts ? { caPem, certPem, keyPem } : undefined;
  } catch {
    // Not PEM, or cut short: to be made anew.
    return undefined;
  }
}
