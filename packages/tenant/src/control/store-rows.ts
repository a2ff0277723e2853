import { z } from 'zod';
import type { ClientCredentials } from '../clients/credentials.ts';
import { SeedError } from '../seed/seed-error.ts';
import type { StoreKeeper, StoreReport } from '../transfer/store-keeper.ts';
import { TransferError } from '../transfer/transfer-error.ts';
import { defineRow, type SchemaRow, type TenantReply } from '../wire/row.ts';
import { notFound, ok } from './replies.ts';

export interface StoreDeps {
  readonly keeper: StoreKeeper;
  /** By a client's id or name. */
  readonly credentials: (name: string) => ClientCredentials | undefined;
  /** Where the tenant runs, and the file that it keeps its data in. */
  readonly about: { readonly issuer: string; readonly data: string };
}

const maxImportBytes = 64 * 1024 * 1024;
const exportQuery = z.strictObject({ with_keys: z.enum(['true', 'false']).optional() });
const seedBody = z.strictObject({
  /** YAML or JSON; absent: none, which only ends the warning that the seed has changed. */
  seed: z.strictObject({ text: z.string(), name: z.string().max(1000).default('seed') }).optional(),
});

/** The operations that take the whole tenant out or put one in. */
export const storeRows = ({ keeper, credentials, about }: StoreDeps): readonly SchemaRow[] => [
  defineRow({ method: 'GET', path: '/about', handle: () => ok(about) }),
  defineRow({
    method: 'GET',
    path: '/credentials/:client',
    handle: ({ params: { client = '' } }) => {
      const found = credentials(client);
      return found ? ok(found) : notFound('There is no such client.');
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
    maxBodyBytes: maxImportBytes,
    handle: ({ body }) => reported(() => keeper.import(body)),
  }),
  defineRow({
    method: 'POST',
    path: '/seed',
    body: seedBody,
    maxBodyBytes: maxImportBytes,
    handle: ({ body: { seed } }) => reported(() => keeper.seed(seed)),
  }),
  defineRow({ method: 'POST', path: '/reset', handle: () => reported(() => keeper.reset()) }),
];

/** Answers 400 with every fault where what was given cannot be used. */
async function reported(work: () => StoreReport | Promise<StoreReport>): Promise<TenantReply> {
  try {
    return ok(await work());
  } catch (error) {
    if (!(error instanceof TransferError || error instanceof SeedError)) throw error;
    const faults = error instanceof TransferError ? error.faults : error.message.split('\n');
    return { status: 400, body: { error: 'invalid_request', message: error.message, faults } };
  }
}
