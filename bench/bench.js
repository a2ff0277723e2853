import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join, resolve } from 'node:path';
import { ensureInstalled } from '../scripts/install.js';
import { ensurePlaceData } from '../scripts/place-data.js';
import { toChart } from './chart.js';
import { peers, toGatehouse } from './contenders.js';
import { Fleet } from './fleet.js';
import { connections, findGenerator } from './load.js';
import { describeMachine } from './machine.js';
import { readOptions } from './options.js';
import { toMarkdown, toText } from './report.js';
import { toResult } from './result.js';
import { measure } from './rounds.js';
import { startServer, startTenant } from './server.js';
import { readTokens } from './tokens.js';
import { works } from './works.js';

const here = import.meta.dirname;
const outDir = join(here, 'out');
const docsDir = join(here, '..', 'docs');
const domain = 'localhost:4499';
const api = { issuer: `https://${domain}/`, audience: 'urn:worldmappers' };
const scope = 'geocode:location reverse-geocode:location';
const warmupSeconds = 1;

const say = (text) => process.stderr.write(`${text}\n`);

/** The rows with these ids, in the table's order; all without ids. Throws on an id that it does not know. */
function pick(rows, ids = rows.map(({ id }) => id)) {
  const unknown = ids.filter((id) => !rows.some((row) => row.id === id));
  if (unknown.length > 0)
    throw new Error(`no ${unknown.join(', ')}: there are ${rows.map(({ id }) => id).join(', ')}`);
  return rows.filter(({ id }) => ids.includes(id));
}

/** The works of this run, each with the contenders that it takes, Gatehouse first. */
function toPlan(options) {
  const gatehouse = toGatehouse(resolve(here, options.gatehouse ?? '../src/main.ts'));
  const chosen = pick(peers, options.peer);
  const missing = chosen.flatMap((peer) => {
    const why = peer.missing?.();
    return why === undefined ? [] : [{ id: peer.id, title: peer.title, why }];
  });
  const present = chosen.filter(({ id }) => !missing.some((peer) => peer.id === id));
  const plan = pick(works, options.work).map((work) => {
    const wanted = options.quick ? work.goals.map(({ peer }) => peer) : work.peers;
    return { work, contenders: [gatehouse, ...present.filter(({ id }) => wanted.includes(id))] };
  });
  return { plan, missing };
}

/** Starts the servers, Gatehouse before its peers: they answer what it answers. */
async function startAll(fleet, run, [gatehouse, ...others], target) {
  const servers = new Map();
  const start = async (contender) => {
    const server = await startServer(fleet, contender, run);
    servers.set(contender.id, server);
    await server.ready(target);
    return server;
  };
  say('starting Gatehouse');
  const answer = await start(gatehouse).then((server) => server.readAnswer(target));
  writeFileSync(run.answerFile, answer);
  run.answerBytes = answer.length;
  say(`starting ${others.length} peers`);
  await Promise.all(others.map(start));
  return servers;
}

async function bench(fleet, options) {
  const { plan, missing } = toPlan(options);
  const contenders = [...new Set(plan.flatMap((each) => each.contenders))];
  const generator = options.load ?? findGenerator();
  const cores = os.cpus().length;
  if (!fleet.pins || cores < 2) say('no two cores to pin to: server and load share what there is');

  const most = Math.max(...works.map(({ tokens }) => tokens));
  say(`reading ${most} tokens (the first time they are signed, which takes a while)`);
  const tokens = await readTokens(outDir, { ...api, scope, count: most });
  const { path, query } = plan[0].work;
  const run = {
    ...api,
    domain,
    path,
    tokens,
    outDir,
    serverCore: 0,
    answerFile: join(outDir, 'answer.json'),
  };
  run.tenantUrl = await startTenant(fleet, run, cores - 1);
  const servers = await startAll(fleet, run, contenders, `${path}?${query}`);

  const pace = { rounds: options.rounds, seconds: options.seconds, warmupSeconds };
  const results = [];
  for (const { work, contenders: taking } of plan) {
    const measuring = { fleet, generator, loadCore: cores - 1, tokens, ...pace };
    const measured = await measure(
      measuring,
      work,
      taking.map(({ id }) => servers.get(id)),
      say,
    );
    results.push(toResult(work, measured));
  }
  process.stdout.write(`\n${toText(results, missing)}`);
  if (options.write) writeDocs({ results, missing, contenders, generator, pace });
}

function writeDocs({ results, missing, contenders, generator, pace }) {
  mkdirSync(docsDir, { recursive: true });
  writeFileSync(join(docsDir, 'benchmarks.svg'), toChart(results));
  const page = toMarkdown({
    results,
    missing,
    machine: describeMachine(generator),
    versions: contenders.map(({ title, version }) => ({ title, version: version() })),
    method: `${connections} keep-alive connections; rounds: ${pace.rounds}, of ${pace.seconds} s each, after ${pace.warmupSeconds} s of warm-up.`,
    date: new Date().toISOString().slice(0, 10),
    chart: 'benchmarks.svg',
  });
  writeFileSync(join(docsDir, 'benchmarks.md'), page);
  say('wrote docs/benchmarks.md and docs/benchmarks.svg');
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
    for (const name of peers.map(({ id }) => id).concat('gatehouse', 'tenant')) {
      rmSync(join(outDir, `${name}.log`), { force: true });
    }
  }
}

await main().catch((error) => {
  say(`bench: ${error.message}`);
  process.exitCode = 1;
});
