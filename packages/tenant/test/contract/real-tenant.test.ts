import { type ContractRow, skipReason } from './contract-row.ts';
import { runContract } from './run-contract.ts';
import { toSettings } from './settings.ts';

const settings = toSettings(process.env);

runContract({
  name: `${settings.DOMAIN ?? 'a real tenant'}, ${new Date().toISOString().slice(0, 10)}`,
  open: async () => ({ settings, close: async () => undefined }),
  skipReason: (row: ContractRow) => skipReason(row, settings),
});
