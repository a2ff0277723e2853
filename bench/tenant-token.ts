// Measures the cost of a client credentials token of the embedded tenant, in RS256 signatures. Run: node bench/tenant-token.ts
import { sign } from 'node:crypto';
import { cpuUsage } from 'node:process';
import { promisify } from 'node:util';
import { tokenEndpoint } from '../packages/tenant/src/grants/token-endpoint.ts';
import { startTenant } from '../packages/tenant/src/tenant.ts';
import { toParameters } from '../packages/tenant/src/wire/parameters.ts';
import type { TenantRequest } from '../packages/tenant/src/wire/row.ts';

const ROUNDS = 15;
const CALLS = 200;
const signAsync = promisify(sign);

/** Processor time of `CALLS` calls, in microseconds. */
async function costOf(call: () => Promise<unknown>): Promise<number> {
  const before = cpuUsage();
  for (let i = 0; i < CALLS; i += 1) await call();
  const { user, system } = cpuUsage(before);
  return user + system;
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

const tenant = await startTenant({
  host: '127.0.0.1',
  port: 0,
  dataFile: ':memory:',
  warn: (message) => process.stderr.write(`${message}\n`),
});
const { context } = tenant;
const endpoint = tokenEndpoint(context);
const body = toParameters({
  ...tenant.credentials('machine'),
  grant_type: 'client_credentials',
  audience: 'https://api.example.com',
});
const request: TenantRequest = {
  scheme: 'http',
  headers: {},
  body,
  query: new URLSearchParams(),
  params: {},
  ip: '127.0.0.1',
};
const { privateKey } = context.keys.current();
const text = Buffer.alloc(500);
const token = async () => endpoint.handle(request);
const signature = () => signAsync('RSA-SHA256', text, privateKey);
await Promise.all([costOf(token), costOf(signature)]);
const ratios: number[] = [];
for (let round = 0; round < ROUNDS; round += 1)
  ratios.push((await costOf(token)) / (await costOf(signature)));
process.stdout.write(
  `a client-credentials token costs ${median(ratios).toFixed(2)} signatures (median of ${ROUNDS})\n`,
);
await tenant.close();
