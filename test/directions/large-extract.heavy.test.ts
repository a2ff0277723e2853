import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

/** The documented memory for each point of a road (`docs/how-to/maps.md`), and the maximum for the blobs in progress. */
const BYTES_PER_POINT = 140;
const MB_UNDER_WAY = 150;

it('an extract of 50 MB or more is read in memory that grows with its roads, and then searched', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', 'bench/road-network.ts']);
  process.stdout.write(stdout);
  const numberIn = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1]);
  expect(numberIn(/^file +(\d+) MB$/m)).toBeGreaterThanOrEqual(50);
  const points = numberIn(/^network +(\d+) points/m);
  expect(points).toBeGreaterThan(1_000_000);
  expect(numberIn(/peak (\d+) MB/)).toBeLessThan((points * BYTES_PER_POINT) / 1e6 + MB_UNDER_WAY);
  expect(stdout.match(/^search +\d+\.\d km in \d+ ms$/gm)).toHaveLength(3);
}, 600_000);
