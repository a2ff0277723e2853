import { readFile } from 'node:fs/promises';
import { toRows } from '../src/app.ts';
import { readConfig } from '../src/config/read-config.ts';
import { createDeps } from '../src/deps.ts';
import { systemClock } from '../src/lib/clock.ts';
import { createLogOutput } from '../src/observe/logger.ts';
import { toDocument } from '../src/openapi/document.ts';
import { createSqliteStore } from '../src/store/sqlite-store.ts';

/** The text of docs/openapi.json: the OpenAPI document of a gateway with default settings. Starts nothing. */
export async function toOpenApiText(): Promise<string> {
  const read = readConfig({}, { cwd: '/nonexistent' });
  if (!read.ok) throw new Error('the default configuration has faults');
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const tenant = { issuer: 'https://localhost:4400/', baseUrl: 'https://localhost:4400', clientId: 'none' };
  const deps = createDeps({
    config: read.config,
    publicUrl: read.config.publicUrl,
    toRequestId: () => 'none',
    // With the Management API, as the embedded tenant has it.
    tenant: { ...tenant, credential: { secret: 'none' }, management: { ...tenant, clientSecret: 'none' } },
    store: createSqliteStore(':memory:', systemClock),
    sessionSecrets: ['no request is served with this secret'],
    clock: systemClock,
    output: createLogOutput('silent', { write: () => undefined }),
    version,
  });
  const { publicUrl, issuer } = deps.app;
  const document = toDocument({ rows: toRows(deps.app), version, publicUrl, issuer });
  await deps.close();
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
