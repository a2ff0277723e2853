import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeRunFolder } from '../../scripts/run-folder.js';
import { makeFolder } from '../support/folder.ts';

let temp: string;
beforeEach(() => {
  temp = makeFolder();
  vi.stubEnv('TMPDIR', temp);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Larger than any process id of Linux. */
const deadPid = 2 ** 30;

function makeOld(name: string): string {
  const folder = path.join(temp, name);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'file'), '');
  const anHourAgo = Date.now() / 1000 - 3600;
  utimesSync(folder, anHourAgo, anHourAgo);
  return folder;
}

it('the folder of a run exists until the run removes it with its content', () => {
  const run = makeRunFolder();
  writeFileSync(path.join(run.folder, 'file'), '');
  expect(readdirSync(temp)).toEqual([path.basename(run.folder)]);
  run.remove();
  expect(readdirSync(temp)).toEqual([]);
});

it('the folder of a killed run is removed by a later run; those of other runs stay', () => {
  makeOld(`gatehouse-run-${deadPid}-killed`);
  const others = [`gatehouse-run-${process.ppid}-runs`, 'gatehouse-run-x', 'other'];
  others.forEach(makeOld);
  mkdirSync(path.join(temp, `gatehouse-run-${deadPid}-young`));
  makeRunFolder().remove();
  expect(readdirSync(temp).toSorted()).toEqual([...others, `gatehouse-run-${deadPid}-young`].toSorted());
});
