import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { makeFolder } from '../../../../test/support/folder.ts';
import { createTravelClock, type TravelClock } from '../../src/lib/clock.ts';
import { type OpenTenant, startTenant } from '../../src/tenant.ts';
import type { TenantOptions } from '../../src/tenant-options.ts';
import { hostSeed } from './host-seed.ts';
import { quickOptions, trust } from './quick-tenant.ts';
import { directory, password, realmGrant, testSeed } from './seed.ts';
import { storedIn } from './stored.ts';

export const stores = ['memory', 'sqlite'] as const;
export type StoreKind = (typeof stores)[number];

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of the body; an empty object if it is not a JSON object. */
  readonly json: Readonly<Record<string, unknown>>;
}

export interface TestTenant {
  readonly tenant: OpenTenant;
  readonly clock: TravelClock;
  readonly warnings: string[];
  /** The tenant's stored data. */
  readonly stored: ReturnType<typeof storedIn>;
  /** Sends JSON; a `URLSearchParams` is sent as a form, a string unchanged. */
  post(path: string, body: object | string, headers?: Record<string, string>): Promise<Answer>;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** POST /oauth/token with that client's id and secret. */
  token(
    client: string,
    parameters: Record<string, unknown>,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** Signs in a seeded user with the realm grant. */
  signIn(
    client: string,
    parameters?: Record<string, unknown>,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  /** The event codes of the log, oldest first. */
  logTypes(): string[];
  close(): Promise<void>;
}

export interface TestTenantOptions extends Partial<TenantOptions> {
  /** False: certificates, keys and password hashes have their default cost. */
  readonly quick?: boolean;
}

let names = 0;
/** A name that is unique in this process. */
export const fresh = (prefix = 'user'): string => `${prefix}-${++names}`;

/** Starts a new tenant on a free port; by default with the tests' seed. */
export async function startTestTenant(
  store: StoreKind,
  seed: object = testSeed,
  { quick = true, ...more }: TestTenantOptions = {},
): Promise<TestTenant> {
  const folder = makeFolder();
  const seedFile = join(folder, 'seed.json');
  await writeFile(seedFile, JSON.stringify(seed));
  const clock = createTravelClock();
  const warnings: string[] = [];
  const tenant = await startTenant({
    clock,
    host: '127.0.0.1',
    port: 0,
    builtInSeed: hostSeed,
    dataFile: store === 'memory' ? ':memory:' : join(folder, 'tenant.db'),
    seed: seedFile,
    ...(quick && (await quickOptions())),
    warn: (message) => warnings.push(message),
    ...more,
  });
  if (!quick) trust(tenant.caPem);

  const call = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(`${tenant.origin}${path}`, { redirect: 'manual', ...init });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: toObject(text) };
  };
  const post: TestTenant['post'] = (path, body, headers = {}) => {
    const isRaw = typeof body === 'string' || body instanceof URLSearchParams;
    return call(path, {
      method: 'POST',
      headers: { ...(!isRaw && { 'content-type': 'application/json' }), ...headers },
      body: isRaw ? body : JSON.stringify(body),
    });
  };
  const token: TestTenant['token'] = (client, parameters, headers) =>
    post('/oauth/token', { ...tenant.credentials(client), ...parameters }, headers);
  return {
    tenant,
    clock,
    warnings,
    stored: storedIn(tenant),
    post,
    get: (path, headers = {}) => call(path, { headers }),
    token,
    signIn: (client, parameters, headers) =>
      token(
        client,
        {
          grant_type: realmGrant,
          realm: directory,
          username: 'ann@example.com',
          password,
          ...parameters,
        },
        headers,
      ),
    logTypes: () => tenant.context.log.list().map((entry) => entry.type),
    async close() {
      await tenant.close();
    },
  };
}

function toObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** A member of a response that must be a string. */
export function textOf(answer: Answer, member: string): string {
  const value = answer.json[member];
  if (typeof value !== 'string') throw new Error(`no ${member} in ${answer.status} ${answer.text}`);
  return value;
}

/** The claims of a JWT in a response. */
export const claimsOf = (answer: Answer, member = 'access_token') => decodeJwt(textOf(answer, member));

/** In ascending order. */
export const statusesOf = (answers: readonly Answer[]): number[] =>
  answers.map((answer) => answer.status).toSorted((a, b) => a - b);
