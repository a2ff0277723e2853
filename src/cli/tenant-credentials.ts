import { existsSync } from 'node:fs';
import { readTenantSettings } from '../config/read-config.ts';
import { type ClientCredentials, findClient, toCredentials } from '../tenant/clients/credentials.ts';
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
  const found = dataFile === ':memory:' ? noData('TENANT_DATA is :memory:') : readCredentials(dataFile, name);
  if ('problem' in found) {
    say(found.problem);
    return exitCodes.failure;
  }
  tell(isJson, found, () => Object.entries(found).map(([key, value]) => `${key}=${value}`));
  return exitCodes.fine;
}

interface Problem {
  readonly problem: string;
}

const noData = (why: string): Problem => ({
  problem: `There is no data of the embedded tenant yet (${why}): start it once with TENANT_DATA in a file.`,
});

function readCredentials(dataFile: string, name: string): ClientCredentials | Problem {
  if (!existsSync(dataFile)) return noData(`${dataFile} does not exist`);
  const state = openState(dataFile);
  try {
    const client = findClient(state, name);
    if (client) return toCredentials(client);
    const known = state.clients.list().map(({ client_id }) => client_id);
    if (known.length === 0) return noData(`${dataFile} holds no clients`);
    return {
      problem: `The embedded tenant has no client ${JSON.stringify(name)}. It has: ${known.join(', ')}.`,
    };
  } finally {
    state.close();
  }
}
