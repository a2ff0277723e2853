// A million requests of all kinds to one gateway, then asserts that memory, sockets and handles are what they were after the first hundred
// thousand. Run: node bench/soak.js [--requests n] [--write]
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Fleet } from './fleet.js';
import { toGatehouses } from './gatehouses.js';
import { connections } from './load.js';
import { describeMachine } from './machine.js';
import { writeNote } from './notes.js';
import { requests } from './requests.js';
import { startServer } from './server.js';
import { startSurroundings } from './surroundings.js';
import { readTokens } from './tokens.js';

const here = import.meta.dirname;
const outDir = join(here, 'out', 'soak');
const probeFile = join(outDir, 'probe.json');
const domain = 'localhost:4499';
const api = { issuer: `https://${domain}/`, audience: 'urn:worldmappers' };
const scope = 'geocode:location reverse-geocode:location';
const tokenCount = 5_000;
const geocode = '/api/location/geocode?q=Oslo';

/** Of all requests, this share comes before the first figures. */
const firstShare = 0.1;
const logEvery = 50_000;
/** Idle connections of the gateway are closed within this time. */
const settleMs = 20_000;
const most = { rss: 1.1, heapBytes: 5 * 2 ** 20 };
const mb = (bytes) => (bytes / 2 ** 20).toFixed(1);
const say = (text) => process.stderr.write(`${text}\n`);

const json = { 'Content-Type': 'application/json' };
const signIn = (n, mode) => ({
  method: 'POST',
  path: '/v1/auth/signin',
  headers: json,
  body: JSON.stringify({ email: `user-${n % 1_000}@example.com`, password: 'Correct-Horse-9', mode }),
});

/** The kinds of requests: how many of a thousand, the request for a number, and the status of its answer. */
function toKinds({ tokens, cookies, forged }) {
  const bearer = (n) => ({ Authorization: `Bearer ${tokens[n % tokens.length]}` });
  const session = (n) => ({ Cookie: `gatehouse=${cookies[n % cookies.length]}`, 'X-CSRF': '1' });
  return [
    { title: 'bearer token', of1000: 380, status: 200, ask: (n) => ({ path: geocode, headers: bearer(n) }) },
    { title: 'session', of1000: 250, status: 200, ask: (n) => ({ path: geocode, headers: session(n) }) },
    {
      title: 'proxied, bearer token',
      of1000: 150,
      status: 200,
      ask: (n) => ({ path: '/upstream/kilobyte', headers: bearer(n) }),
    },
    {
      title: 'proxied, session',
      of1000: 60,
      status: 200,
      ask: (n) => ({ path: '/upstream/kilobyte', headers: session(n) }),
    },
    {
      title: 'proxied, with a limit per caller',
      of1000: 50,
      status: 200,
      ask: (n) => ({ path: '/upstream/limited', headers: bearer(n) }),
    },
    {
      title: 'anonymous',
      of1000: 50,
      status: 200,
      ask: () => ({ path: '/problems/not_found', headers: {} }),
    },
    {
      title: 'forged token',
      of1000: 30,
      status: 401,
      ask: () => ({ path: geocode, headers: { Authorization: `Bearer ${forged}` } }),
    },
    { title: 'unknown path', of1000: 15, status: 404, ask: (n) => ({ path: `/nowhere/${n}`, headers: {} }) },
    {
      title: 'session without X-CSRF',
      of1000: 10,
      status: 403,
      ask: (n) => ({ path: geocode, headers: { Cookie: session(n).Cookie } }),
    },
    {
      title: 'broken body',
      of1000: 3,
      status: 400,
      ask: (n) => ({ ...signIn(n, 'token'), body: '{"email":' }),
    },
    { title: 'sign-in for a session', of1000: 1, status: 200, ask: (n) => signIn(n, 'session') },
    { title: 'sign-in for tokens', of1000: 1, status: 200, ask: (n) => signIn(n, 'token') },
  ];
}

/** A thousand kinds, mixed the same way in each run. */
function mix(kinds) {
  const all = kinds.flatMap((kind) => Array.from({ length: kind.of1000 }, () => kind));
  // 389 and 1,000 have no common divisor: each place is taken once.
  return all.map((_, i) => all[(i * 389) % all.length]);
}

function send(agent, origin, { path, method = 'GET', headers, body }) {
  return new Promise((done, failed) => {
    const call = request(`${origin}${path}`, { agent, method, headers }, (answer) => {
      answer.resume();
      answer.once('end', () => done(answer.statusCode));
      answer.once('error', failed);
    });
    call.once('error', failed);
    call.end(body);
  });
}

/** Sends requests number `from` to `to` over keep-alive connections, which are closed afterwards. Throws at the first unexpected answer. */
async function load(server, mixed, from, to) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let next = from;
  const work = async () => {
    while (next < to) {
      const n = next++;
      const kind = mixed[n % mixed.length];
      const status = await send(agent, server.origin, kind.ask(n));
      if (status !== kind.status)
        throw new Error(`request ${n}, ${kind.title}: ${status}, not ${kind.status}`);
      if (n % logEvery === 0) {
        say(`${n} requests, ${server.readRssMb().toFixed(0)} MB`);
        server.forgetLog();
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, work));
  } finally {
    agent.destroy();
  }
}

/** The figures of the idle gateway. */
async function probe(server) {
  await sleep(settleMs);
  rmSync(probeFile, { force: true });
  server.signal('SIGUSR2');
  while (!existsSync(probeFile)) await sleep(50);
  return JSON.parse(readFileSync(probeFile, 'utf8'));
}

/** What is wrong with the figures at the end. */
function judge(first, last) {
  const faults = [];
  if (last.rss > first.rss * most.rss) faults.push(`RSS grew from ${mb(first.rss)} to ${mb(last.rss)} MB`);
  if (last.heapUsed > first.heapUsed + most.heapBytes)
    faults.push(`the heap grew from ${mb(first.heapUsed)} to ${mb(last.heapUsed)} MB`);
  if (last.files > first.files) faults.push(`open files: ${first.files}, then ${last.files}`);
  for (const [kind, count] of Object.entries(last.resources))
    if (count > (first.resources[kind] ?? 0))
      faults.push(`${kind}: ${first.resources[kind] ?? 0}, then ${count}`);
  return faults;
}

function toNote({ count, first, last, seconds, kinds }) {
  const total = ({ resources }) => Object.values(resources).reduce((sum, each) => sum + each, 0);
  const rows = [
    ['RSS, MB', mb(first.rss), mb(last.rss), '≤ + 10 %'],
    ['Heap in use, MB', mb(first.heapUsed), mb(last.heapUsed), '≤ + 5 MB'],
    ['Open files and sockets', first.files, last.files, 'no more'],
    ['Handles and timers', total(first), total(last), 'no more, of each kind'],
  ];
  const number = (value) => new Intl.NumberFormat('en').format(value);
  return `
${number(count)} requests over ${connections} connections in ${Math.round(seconds)} s, by \`node bench/soak.js --write\` on ${new Date().toISOString().slice(0, 10)}. Of a thousand: ${kinds.map(({ title, of1000 }) => `${of1000} ${title}`).join(', ')}. Every answer had the expected status. The figures are those of the idle gateway after a garbage collection. Machine: ${describeMachine('node')[0][1]}, Node ${process.version}.

|  | after ${number(count * firstShare)} | at the end | goal |
| --- | ---: | ---: | --- |
${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}
`;
}

/** The contender with the probe loaded. */
const withProbe = (contender) => ({
  ...contender,
  toProcess: (...args) => {
    const { command, args: given, env } = contender.toProcess(...args);
    const probing = ['--expose-gc', '--import', join(here, 'probe.js')];
    return { command, args: [...probing, ...given], env: { ...env, PROBE_FILE: probeFile } };
  },
});

async function soak(fleet, { count, writes }) {
  const tokens = await readTokens(outDir, { ...api, scope, count: tokenCount });
  const given = { ...api, serverCore: 0, loadCore: 1, domain, scope, tokens, outDir };
  const run = { ...given, ...(await startSurroundings(fleet, given, { needsRedis: false })) };
  const contender = toGatehouses(resolve(here, '../src/main.ts')).find(({ id }) => id === 'gatehouse');
  const server = await startServer(fleet, withProbe(contender), run);
  await server.ready({ target: geocode, request: requests.bearer(run, server) });
  const lines = (file) => readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const kinds = toKinds({
    tokens: lines(tokens.file).slice(0, tokenCount),
    cookies: lines(server.sessions.file),
    forged: tokens.bad,
  });
  const mixed = mix(kinds);
  const startedAt = performance.now();
  await load(server, mixed, 0, count * firstShare);
  const first = await probe(server);
  say(JSON.stringify(first));
  await load(server, mixed, count * firstShare, count);
  const seconds = (performance.now() - startedAt) / 1000;
  const last = await probe(server);
  say(JSON.stringify(last));
  const note = toNote({ count, first, last, seconds, kinds });
  process.stdout.write(note);
  const faults = judge(first, last);
  for (const fault of faults) say(fault);
  if (faults.length > 0) process.exitCode = 1;
  else if (writes) writeNote(join(here, '../docs/benchmarks.md'), 'A million requests', note);
}

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '1000000' },
    write: { type: 'boolean', default: false },
  },
});
mkdirSync(outDir, { recursive: true });
const fleet = new Fleet();
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => void fleet.stop().then(() => process.exit(130)));
try {
  await soak(fleet, { count: Number(values.requests), writes: values.write });
} finally {
  await fleet.stop();
}
