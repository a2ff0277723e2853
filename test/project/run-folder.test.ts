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

/** More than any process id of Linux. */
const deadPid = 2 ** 30;

function makeOld(name: string): string {
  const folder = path.join(temp, name);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'file'), '');
  const anHourAgo = Date.now() / 1000 - 3600;
  utimesSync(folder, anHourAgo, anHourAgo);
  return folder;
}

it('the folder of a run is there until the run removes it, with all that is in it', () => {
  const run = makeRunFolder();
  writeFileSync(path.join(run.folder, 'file'), '');
  expect(readdirSync(temp)).toEqual([path.basename(run.folder)]);
  run.remove();
  expect(readdirSync(temp)).toEqual([]);
});

it('the folder of a run that was killed goes with a later run; those of others stay', () => {
  makeOld(`gatehouse-run-${deadPid}-killed`);
  const others = [`gatehouse-run-${process.ppid}-runs`, 'gatehouse-run-x', 'other'];
  others.forEach(makeOld);
  mkdirSync(path.join(temp, `gatehouse-run-${deadPid}-young`));
  makeRunFolder().remove();
  expect(readdirSync(temp).toSorted()).toEqual([...others, `gatehouse-run-${deadPid}-young`].toSorted());
});
