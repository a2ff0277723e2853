import { realpathSync } from 'node:fs';
import { z } from 'zod';
import { FRAMEWORKS, parseFramework, type Recipe } from '../clients/recipes.ts';
import { readSeedText } from '../seed/read-seed.ts';
import { toReachableOrigin } from '../transport/open-listeners.ts';
import type { StoreOptions, TenantStore } from './tenant-store.ts';
import { TransferError } from './transfer-error.ts';

const aboutReply = z.object({ issuer: z.string(), data: z.string() });
const reportReply = z.object({
  clients: z.number(),
  connections: z.number(),
  resource_servers: z.number(),
  users: z.number(),
  notes: z.array(z.string()),
});
const credentialsReply = z.object({ client_id: z.string(), client_secret: z.string().optional() });
const namedReply = z.array(z.object({ client_id: z.string() }));
const texts = z.array(z.string());
const recipeReply = z.object({
  framework: z.enum(FRAMEWORKS),
  title: z.string(),
  file: z.string(),
  lines: texts,
  notes: texts,
  missing: z.object({ callbacks: texts, allowed_logout_urls: texts, web_origins: texts }),
  text: z.string(),
}) satisfies z.ZodType<Recipe>;
const refusalReply = z.object({ message: z.string(), faults: z.array(z.string()).optional() });

/** Long enough for an import of many users. */
const CALL_TIMEOUT_MS = 120_000;
const PROBE_MS = 5000;

const isSameFile = (one: string, other: string): boolean => {
  if (one === other) return true;
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
};

/** The running tenant at the configured port, if it uses this data file; otherwise undefined. Without a file, any tenant. */
export async function findRunningStore(
  options: Pick<StoreOptions, 'host' | 'port'> & { readonly dataFile: string | undefined },
): Promise<TenantStore | undefined> {
  if (options.port === 0) return undefined;
  const origin = toReachableOrigin(options.host, options.port);
  const base = `${origin}/_tenant`;
  const response = await fetch(`${base}/about`, { signal: AbortSignal.timeout(PROBE_MS) }).catch(
    (error: unknown) => {
      if (error instanceof Error && error.name === 'TimeoutError')
        throw new Error(`the server at ${origin} does not respond`, { cause: error });
      return undefined;
    },
  );
  const about = aboutReply.safeParse(await response?.json().catch(() => undefined));
  const { dataFile } = options;
  if (!about.success || (dataFile !== undefined && !isSameFile(about.data.data, dataFile))) return undefined;

  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${base}${path}`, {
      method,
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      ...(method !== 'GET' && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body ?? {}),
      }),
    });
    if (answer.ok) return answer.json();
    const refusal = refusalReply.safeParse(await answer.json().catch(() => undefined));
    if (refusal.data?.faults) throw new TransferError(refusal.data.faults);
    throw new Error(`the tenant responded with ${answer.status}: ${refusal.data?.message ?? 'no message'}`);
  };
  /** What the tenant returns of a client; undefined if there is none. */
  const readClient = async (name: string, query = ''): Promise<unknown> => {
    const answer = await fetch(`${base}/credentials/${encodeURIComponent(name)}${query}`, {
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    return answer.status === 404 ? undefined : answer.json();
  };
  const change = async (path: string, body?: unknown) => reportReply.parse(await call('POST', path, body));
  return {
    where: `the tenant that runs at ${origin}`,
    origin,
    export: (withKeys) => call('GET', `/export${withKeys ? '?with_keys=true' : ''}`),
    import: (raw) => change('/import', raw),
    seed: async (file) => change('/seed', { seed: await readSeedText(file) }),
    reset: () => change('/reset'),
    async credentials(name) {
      const found = await readClient(name);
      if (found === undefined) return undefined;
      const { client_id, client_secret } = credentialsReply.parse(found);
      return { client_id, ...(client_secret !== undefined && { client_secret }) };
    },
    async recipe(name, framework) {
      const found = await readClient(name, `?env=${parseFramework(framework)}`);
      return found === undefined ? undefined : recipeReply.parse(found);
    },
    clientIds: async () =>
      namedReply.parse(await call('GET', '/credentials')).map(({ client_id }) => client_id),
    close: () => undefined,
  };
}
