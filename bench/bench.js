import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join, resolve } from 'node:path';
import { ensureInstalled } from '../scripts/install.js';
import { ensurePlaceData } from '../scripts/place-data.js';
import { toChart } from './chart.js';
import { Fleet } from './fleet.js';
import { connections, findGenerator } from './load.js';
import { describeMachine } from './machine.js';
import { readNotes } from './notes.js';
import { readOptions } from './options.js';
import { toPlan } from './plan.js';
import { toMarkdown, toText } from './report.js';
import { requests } from './requests.js';
import { toResult, toStartResult } from './result.js';
import { measure } from './rounds.js';
import { startServer } from './server.js';
import { measureStarts } from './starts.js';
import { startSurroundings } from './surroundings.js';
import { readTokens } from './tokens.js';

const here = import.meta.dirname;
const outDir = join(here, 'out');
const docsDir = join(here, '..', 'docs');
const domain = 'localhost:4499';
const api = { issuer: `https://${domain}/`, audience: 'urn:worldmappers' };
const scope = 'geocode:location reverse-geocode:location';
const answerTarget = '/api/location/geocode?q=Oslo';
const userCount = 1_000;
const warmupSeconds = 2;

const say = (text) => process.stderr.write(`${text}\n`);

/** The users who sign in, one per line of a file. */
function writeUsers() {
  const users = Array.from({ length: userCount }, (_, n) => `user-${n}@example.com`);
  const file = join(outDir, 'users.txt');
  writeFileSync(file, users.join('\n'));
  return { file, good: users[0] };
}

const isGatehouse = ({ id }) => id.startsWith('gatehouse');

/** Assigns server and request to the takers of a contender, and waits until the server answers them. */
async function startTakers(fleet, run, contender, takers) {
  const server = await startServer(fleet, contender, run);
  for (const taker of takers) {
    taker.server = server;
    taker.request = requests[taker.asks](run, server);
    await server.ready(taker);
  }
  return server;
}

/** Starts the servers, Gatehouse first: the peers return the response that it returns. */
async function startAll(fleet, run, { plan, contenders }) {
  const takers = plan.flatMap(({ work, takers: of }) => (work.starts === undefined ? of : []));
  const of = (contender) => takers.filter((taker) => taker.contender === contender);
  const start = (contender) => startTakers(fleet, run, contender, of(contender));
  const lasting = contenders.filter((contender) => of(contender).length > 0);
  for (const contender of lasting.filter(isGatehouse)) {
    say(`starting ${contender.id}`);
    const server = await start(contender);
    const request = requests.bearer(run, server);
    writeFileSync(run.answerFile, await server.readAnswer({ target: answerTarget, request }));
  }
  const others = lasting.filter((contender) => !isGatehouse(contender));
  say(`starting ${others.length} peers`);
  await Promise.all(others.map(start));
  for (const { work, takers: each } of plan) await wantSameAnswers(work, each);
}

/** From here on, the responses of all takers must have the length of the first one's. */
async function wantSameAnswers(work, takers) {
  const [first] = takers;
  if (work.starts !== undefined || first.request.method === 'POST') return;
  const { length } = await first.server.readAnswer(first);
  for (const taker of takers) taker.bytes = length;
}

async function bench(fleet, options) {
  const chosen = toPlan(options, resolve(here, options.gatehouse ?? '../src/main.ts'));
  const { plan, missing, contenders } = chosen;
  const generator = options.load ?? findGenerator();
  const cores = os.cpus().length;
  if (!fleet.pins || cores < 2) say('no two cores to pin to: server and load share what there is');

  const most = Math.max(1, ...plan.map(({ work }) => work.values ?? 0));
  say(`reading ${most} tokens (the first time they are signed, which takes a while)`);
  const tokens = await readTokens(outDir, { ...api, scope, count: most });
  const cores0 = { serverCore: 0, loadCore: cores - 1 };
  const answer = { answerPath: answerTarget.split('?')[0], answerFile: join(outDir, 'answer.json') };
  const given = { ...api, ...cores0, ...answer, domain, scope, tokens, outDir };
  const needsRedis = contenders.some((contender) => contender.needsRedis);
  const around = await startSurroundings(fleet, given, { needsRedis });
  const run = { ...given, ...around, users: writeUsers(), publicPem: tokens.publicPem };
  run.upstreamPort = new URL(run.upstreamUrl).port;
  await startAll(fleet, run, chosen);

  const pace = { rounds: options.rounds, seconds: options.seconds, warmupSeconds };
  const measuring = { fleet, generator, loadCore: run.loadCore, ...pace };
  const results = [];
  for (const { work, takers } of plan) {
    if (work.starts === undefined) results.push(toResult(work, await measure(measuring, work, takers, say)));
    else {
      say(`${work.id}: ${pace.rounds} starts`);
      const [taker] = takers;
      const start = () => startServer(fleet, taker.contender, run);
      const asking = { ...taker, request: requests[taker.asks](run) };
      results.push(toStartResult(work, await measureStarts(pace, start, asking)));
    }
  }
  process.stdout.write(`\n${toText(results, missing)}`);
  if (options.write) writeDocs({ results, missing, contenders, generator, pace });
}

function writeDocs({ results, missing, contenders, generator, pace }) {
  mkdirSync(docsDir, { recursive: true });
  writeFileSync(join(docsDir, 'benchmarks.svg'), toChart(results));
  const versions = contenders.map(({ title, version }) => [title, { title, version: version() }]);
  const page = toMarkdown({
    results,
    missing,
    machine: describeMachine(generator),
    versions: [...new Map(versions).values()],
    method: `${connections} keep-alive connections; rounds: ${pace.rounds}, of ${pace.seconds} s each, after ${pace.warmupSeconds} s of warm-up.`,
    date: new Date().toISOString().slice(0, 10),
    chart: 'benchmarks.svg',
  });
  const file = join(docsDir, 'benchmarks.md');
  const notes = readNotes(file);
  writeFileSync(file, notes === '' ? page : `${page}\n${notes}`);
  say('wrote docs/benchmarks.md and docs/benchmarks.svg');
}

/** Everything but the tokens, which are slow to sign. */
function cleanUp() {
  const kept = ['tokens.txt', 'tokens.json'];
  for (const name of readdirSync(outDir))
    if (!kept.includes(name)) rmSync(join(outDir, name), { recursive: true, force: true });
}

async function main() {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) return;
  ensureInstalled(here);
  ensurePlaceData(process.execPath);
  mkdirSync(outDir, { recursive: true });
  const fleet = new Fleet();
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void fleet.stop().then(() => process.exit(130)));
  }
  try {
    await bench(fleet, options);
  } finally {
    await fleet.stop();
    cleanUp();
  }
}

await main().catch((error) => {
  say(`bench: ${error.message}`);
  process.exitCode = 1;
});
