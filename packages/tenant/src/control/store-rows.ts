import { z } from 'zod';
import type { ClientCredentials } from '../clients/credentials.ts';
import { SeedError } from '../seed/seed-error.ts';
import type { StoreKeeper, StoreReport } from '../transfer/store-keeper.ts';
import { TransferError } from '../transfer/transfer-error.ts';
import { type Awaitable, type ControlReply, type ControlRow, notFound, ok, row } from './control-row.ts';

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
export const storeRows = ({ keeper, credentials, about }: StoreDeps): readonly ControlRow[] => [
  row('GET', '/about', {}, () => ok(about)),
  row('GET', '/credentials/:client', {}, ({ params: { client = '' } }) => {
    const found = credentials(client);
    return found ? ok(found) : notFound('There is no such client.');
  }),
  row('GET', '/export', { query: exportQuery }, ({ query }) =>
    ok(keeper.export({ withKeys: query.with_keys === 'true' })),
  ),
  row('POST', '/import', { body: z.unknown(), maxBodyBytes: maxImportBytes }, ({ body }) =>
    reported(() => keeper.import(body)),
  ),
  row('POST', '/seed', { body: seedBody, maxBodyBytes: maxImportBytes }, ({ body: { seed } }) =>
    reported(() => keeper.seed(seed)),
  ),
  row('POST', '/reset', {}, () => reported(() => keeper.reset())),
];

/** Answers 400 with every fault where what was given cannot be used. */
async function reported(work: () => Awaitable<StoreReport>): Promise<ControlReply> {
  try {
    return ok(await work());
  } catch (error) {
    if (!(error instanceof TransferError || error instanceof SeedError)) throw error;
    const faults = error instanceof TransferError ? error.faults : error.message.split('\n');
    return { status: 400, body: { error: 'invalid_request', message: error.message, faults } };
  }
}
