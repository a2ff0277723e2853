import { z } from 'zod';
import type { ClientCredentials, NamedCredentials } from '../clients/credentials.ts';
import { FRAMEWORKS, type Framework, type Recipe } from '../clients/recipes.ts';
import { SeedError } from '../seed/seed-error.ts';
import type { StoreKeeper, StoreReport } from '../transfer/store-keeper.ts';
import { TransferError } from '../transfer/transfer-error.ts';
import { defineRow, type SchemaRow, type TenantReply } from '../wire/row.ts';
import { notFound, ok } from './replies.ts';

export interface StoreDeps {
  readonly keeper: StoreKeeper;
  /** By the client's id or name. */
  readonly credentials: (name: string) => ClientCredentials | undefined;
  /** How to configure a framework's SDK for a client, by its id or name. */
  readonly recipe: (name: string, framework: Framework) => Recipe | undefined;
  /** All clients. */
  readonly listCredentials: () => readonly NamedCredentials[];
  /** The tenant's addresses, its data file and its CA certificate. */
  readonly about: {
    readonly issuer: string;
    readonly url: string;
    readonly data: string;
    readonly ca_pem: string;
  };
  /** Removes the faults and sets the clock to the machine's time. */
  readonly resetTools: () => void;
}

const MAX_IMPORT_BYTES = 64 * 1024 * 1024;
const exportQuery = z.strictObject({ with_keys: z.enum(['true', 'false']).optional() });
const credentialsQuery = z.strictObject({ env: z.enum(FRAMEWORKS).optional() });
const seedBody = z.strictObject({
  /** YAML or JSON. Absent: no seed is applied; the warning that the seed has changed stops. */
  seed: z.strictObject({ text: z.string(), name: z.string().max(1000).default('seed') }).optional(),
});

const resetBody = z.strictObject({
  /** Also removes the faults and sets the clock to the machine's time. */
  tools: z.boolean().default(false),
});

/** The rows that export, import, seed and reset the tenant. */
export const storeRows = ({
  keeper,
  credentials,
  recipe,
  listCredentials,
  about,
  resetTools,
}: StoreDeps): readonly SchemaRow[] => [
  defineRow({ method: 'GET', path: '/about', handle: () => ok(about) }),
  defineRow({ method: 'GET', path: '/credentials', handle: () => ok(listCredentials()) }),
  defineRow({
    method: 'GET',
    path: '/credentials/:client',
    query: credentialsQuery,
    handle: ({ params: { client = '' }, query: { env } }) => {
      const found = env === undefined ? credentials(client) : recipe(client, env);
      return found ? ok(found) : notFound('The client does not exist.');
    },
  }),
  defineRow({
    method: 'GET',
    path: '/export',
    query: exportQuery,
    handle: ({ query }) => ok(keeper.export({ withKeys: query.with_keys === 'true' })),
  }),
  defineRow({
    method: 'POST',
    path: '/import',
    body: z.unknown(),
    maxBodyBytes: MAX_IMPORT_BYTES,
    handle: ({ body }) => reported(() => keeper.import(body)),
  }),
  defineRow({
    method: 'POST',
    path: '/seed',
    body: seedBody,
    maxBodyBytes: MAX_IMPORT_BYTES,
    handle: ({ body: { seed } }) => reported(() => keeper.seed(seed)),
  }),
  defineRow({
    method: 'POST',
    path: '/reset',
    body: resetBody,
    handle: ({ body: { tools } }) => {
      if (tools) resetTools();
      return reported(() => keeper.reset());
    },
  }),
];

/** Responds 400 with every error of an invalid input. */
async function reported(work: () => StoreReport | Promise<StoreReport>): Promise<TenantReply> {
  try {
    return ok(await work());
  } catch (error) {
    if (!(error instanceof TransferError || error instanceof SeedError)) throw error;
    const faults = error instanceof TransferError ? error.faults : error.message.split('\n');
    return { status: 400, body: { error: 'invalid_request', message: error.message, faults } };
  }
}
