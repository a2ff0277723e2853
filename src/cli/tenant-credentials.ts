import { existsSync } from 'node:fs';
import { readTenantSettings } from '../config/read-config.ts';
import { openState } from '../tenant/state/open-state.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { complain, say, tell } from './output.ts';

/** `tenant credentials`: what a client of the embedded tenant authenticates with. `name` may be its id. */
export async function tellCredentials(isJson: boolean, name: string): Promise<ExitCode> {
  const read = readTenantSettings(process.env, { cwd: process.cwd() });
  if (!read.ok) {
    complain(isJson, read.faults);
    return exitCodes.configuration;
  }
  const { dataFile } = read.settings;
  const found = dataFile === ':memory:' ? noData('TENANT_DATA is :memory:') : findClient(dataFile, name);
  if ('problem' in found) {
    say(found.problem);
    return exitCodes.failure;
  }
  tell(isJson, found, () => [`client_id=${found.client_id}`, `client_secret=${found.client_secret}`]);
  return exitCodes.fine;
}

interface Problem {
  readonly problem: string;
}

interface ClientCredentials {
  readonly client_id: string;
  readonly client_secret: string;
}

const noData = (why: string): Problem => ({
  problem: `There is no data of the embedded tenant yet (${why}): start it once with TENANT_DATA in a file.`,
});

/** Finds a client by its id, its id without the third parties' `tpc_`, or its name. */
function findClient(dataFile: string, name: string): ClientCredentials | Problem {
  if (!existsSync(dataFile)) return noData(`${dataFile} does not exist`);
  const { clients, close } = openState(dataFile);
  try {
    const all = clients.list();
    if (all.length === 0) return noData(`${dataFile} holds no clients`);
    const byId = clients.get(name) ?? clients.get(`tpc_${name}`);
    const [client, another] = byId ? [byId] : clients.find('name', name);
    const quoted = JSON.stringify(name);
    if (another) return { problem: `The embedded tenant has several clients named ${quoted}: give an id.` };
    if (client) return { client_id: client.client_id, client_secret: client.client_secret };
    const known = all.map(({ client_id }) => client_id).join(', ');
    return { problem: `The embedded tenant has no client ${quoted}. It has: ${known}.` };
  } finally {
    close();
  }
}
