// Measures the time difference between a wrong password of an existing and of an unknown user. Run: node
// bench/sign-in-gap.ts [pairs]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const LIMIT_MS = 5;
const WARM_UP = 25;
const pairs = Number(process.argv[2] ?? 500);
if (!Number.isInteger(pairs) || pairs < 1)
  throw new Error(`the number of pairs must be a whole number, not ${pairs}`);

const cwd = mkdtempSync(path.join(tmpdir(), 'gatehouse-gap-'));
const gateway = spawn(process.execPath, [path.join(import.meta.dirname, '../src/main.ts')], {
  cwd,
  env: {
    PORT: '0',
    ADMIN_PORT: '0',
    TENANT_PORT: '0',
    TENANT_DATA: ':memory:',
    STORE_URL: 'sqlite:gatehouse.db',
    // Each attempt has its own address; limits count but refuse nothing.
    TRUST_PROXY: '127.0.0.1',
    RATE_LIMIT_SIGNIN_ACCOUNT: '1000000/15m',
    RATE_LIMIT_SIGNIN_IP: '1000000/15m',
  },
  stdio: ['ignore', 'pipe', 'pipe'],
});
let complaints = '';
gateway.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
process.once('exit', () => gateway.kill('SIGKILL'));

async function findPort(): Promise<number> {
  for await (const line of createInterface(gateway.stdout)) {
    const { msg, url } = (line.startsWith('{') ? JSON.parse(line) : {}) as { msg?: string; url?: string };
    if (msg === 'listening' && url !== undefined) return Number(new URL(url).port);
  }
  throw new Error(`the gateway has ended: ${complaints}`);
}

interface Answered {
  readonly status: number;
  readonly bytes: number;
  readonly ms: number;
}

let attempts = 0;

/** One call on a new connection, from an address of this call only. */
function post(port: number, at: string, email: string, password: string): Promise<Answered> {
  attempts++;
  const from = `10.${(attempts >> 16) & 255}.${(attempts >> 8) & 255}.${attempts & 255}`;
  const body = JSON.stringify({ email, password });
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-forwarded-for': from,
  };
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    request({ host: '127.0.0.1', port, path: at, method: 'POST', headers, agent: false }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, bytes, ms: performance.now() - startedAt }),
      );
    })
      .on('error', reject)
      .end(body);
  });
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

const port = await findPort();
const user = 'ada-known@example.com';
const signedUp = await post(port, '/v1/auth/signup', user, 'Correct-Horse-9');
if (signedUp.status !== 201) throw new Error(`the sign-up was answered ${signedUp.status}`);

const ofUser: Answered[] = [];
const ofUnknown: Answered[] = [];
for (let pair = -WARM_UP; pair < pairs; pair++) {
  const unknownUser = `ada-${String(10_000 + pair)}@example.com`;
  const turns = [
    { email: user, into: ofUser },
    { email: unknownUser, into: ofUnknown },
  ];
  // Both are first equally often.
  if (pair % 2) turns.reverse();
  for (const { email, into } of turns) {
    const answered = await post(port, '/v1/auth/signin', email, 'not-the-password');
    if (answered.status !== 401) throw new Error(`a wrong password was answered ${answered.status}`);
    if (pair >= 0) into.push(answered);
  }
}
gateway.kill('SIGTERM');
await once(gateway, 'exit');
rmSync(cwd, { recursive: true, force: true });

const toMs = ({ ms }: Answered) => ms;
const known = median(ofUser.map(toMs));
const unknown = median(ofUnknown.map(toMs));
// By pairs of consecutive attempts, because other load of the machine slows both.
const gap = Math.abs(median(ofUser.map(({ ms }, pair) => ms - (ofUnknown[pair]?.ms ?? 0))));
const lengths = new Set([...ofUser, ...ofUnknown].map(({ bytes }) => bytes));
process.stdout.write(
  `${pairs} pairs: a wrong password of a user takes ${known.toFixed(2)} ms, of an unknown user ${unknown.toFixed(2)} ms (medians). ` +
    `Median gap of a pair: ${gap.toFixed(2)} ms; less than ${LIMIT_MS} ms is wanted. ` +
    `Lengths of the answers: ${[...lengths].join(', ')} bytes.\n`,
);
process.exitCode = gap < LIMIT_MS && lengths.size === 1 ? 0 : 1;
