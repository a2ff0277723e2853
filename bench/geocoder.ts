import { createEmbeddedEngine } from '../src/resources/location/embedded-engine.ts';
import { defaultGazetteerFile } from '../src/resources/location/geocoder.ts';
import type { PlaceQuery } from '../src/resources/location/places.ts';
import { readGazetteer } from '../src/resources/location/read-gazetteer.ts';

/** Run by hand: `node --expose-gc bench/geocoder.ts [gazetteer]`. The numbers show orders of magnitude only. */

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

/** Duration of each kind of lookup. */
const roundMs = 1500;

const heapMb = (): { heap: number; outside: number } => {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed / 1e6, outside: arrayBuffers / 1e6 };
};

const before = heapMb();
const startedMs = performance.now();
const gazetteer = await readGazetteer(process.argv[2] ?? defaultGazetteerFile);
const engine = createEmbeddedEngine(gazetteer);
const loadMs = performance.now() - startedMs;
const after = heapMb();
const added = (part: 'heap' | 'outside') => (after[part] - before[part]).toFixed(1);
print(
  `load              ${loadMs.toFixed(0)} ms, ${added('heap')} MB heap, ${added('outside')} MB outside it`,
);

/** Names of places of all population ranks, the same in each run. */
const { nameStart, nameText, kind } = gazetteer.column;
const names: string[] = [];
for (let record = 7; record < kind.length; record += 83) {
  const name = Buffer.from(nameText.subarray(nameStart[record], nameStart[record + 1])).toString('utf8');
  if (name.length >= 5) names.push(name);
}
const misspell = (name: string, n: number): string => {
  const at = 1 + (n % (name.length - 2));
  return n % 2 === 0 ? name.slice(0, at) + name.slice(at + 1) : `${name.slice(0, at)}x${name.slice(at)}`;
};

const hostile = [
  'a '.repeat(100),
  'san '.repeat(50),
  'a,'.repeat(100),
  'x'.repeat(200),
  'new york '.repeat(22),
  'saint, '.repeat(28),
  `${'é'.repeat(100)}${'\u0301'.repeat(100)}`,
  '1 '.repeat(100),
  'berlin, munich, cologne, hamburg, bremen, londn, pariss, '.repeat(3),
  'abcdefghij klmnopqrst uvwxyzabcd efghij, '.repeat(4),
  'd.c.'.repeat(50),
];

measure('exact', names, {});
measure('exact, 20 of them', names, { limit: 20 });
measure(
  'beginning',
  names.map((name) => name.slice(0, Math.max(3, name.length - 3))),
  { autocomplete: true },
);
measure('one letter', 'abcdefghijklmnopqrstuvwxyz'.split(''), { autocomplete: true });
measure('misspelt', names.map(misspell), {});
measure('misspelt, typing', names.map(misspell), { autocomplete: true });
measure(
  'street address',
  names.map((name, n) => `${n} Long Street, ${name}`),
  {},
);
measure('hostile', hostile, { limit: 20 });
measure('hostile, typing', hostile, { limit: 20, autocomplete: true, countries: ['MC'] });

const points = names.map((_, n) => ({ lat: ((n * 37) % 180) - 90, lng: ((n * 101) % 360) - 180, limit: 5 }));
time('nearby', points.length, (n) => engine.nearby(points[n] ?? { lat: 0, lng: 0, limit: 5 }).places.length);

function measure(title: string, texts: readonly string[], more: Partial<PlaceQuery>): void {
  time(title, texts.length, (n) => engine.find({ text: texts[n] ?? '', limit: 5, ...more }).places.length);
}

/** Prints the lookups per second of CPU time (the machine may be shared), the share with results, and the slowest lookup after the warm-up. */
function time(title: string, count: number, run: (n: number) => number): void {
  for (let n = 0; n < Math.min(count, 50); n++) run(n);
  let [runs, found, worstMs] = [0, 0, 0];
  const cpu = process.cpuUsage();
  const beganMs = performance.now();
  let nowMs = beganMs;
  while (nowMs - beganMs < roundMs) {
    if (run(runs % count) > 0) found++;
    runs++;
    const endedMs = performance.now();
    worstMs = Math.max(worstMs, endedMs - nowMs);
    nowMs = endedMs;
  }
  const { user, system } = process.cpuUsage(cpu);
  const rate = Math.round(runs / ((user + system) / 1e6));
  const share = Math.round((100 * found) / runs);
  print(`${title.padEnd(18)}${String(rate).padStart(7)}/s, ${share} % found, worst ${worstMs.toFixed(1)} ms`);
}
