import { mergeEnvFile } from '../env-file.ts';
import type { ClientSecret } from './apply-steps.ts';

/** Key of the client of the gateway itself. */
export const GATEWAY_KEY = 'gatehouse';

/** The prefixes of the variables that the gateway reads. */
const PREFIXES: Readonly<Record<string, string>> = {
  [GATEWAY_KEY]: 'AUTH0',
  'gatehouse-management': 'AUTH0_MGMT',
};

/** Variables of a client: `AUTH0_CLIENT_ID` of the gateway's, `<KEY>_CLIENT_ID` of others, and the same for the secret. */
export function toClientVariables({ key, clientId, clientSecret }: ClientSecret): Record<string, string> {
  const prefix = PREFIXES[key] ?? key.toUpperCase().replaceAll('-', '_');
  return {
    [`${prefix}_CLIENT_ID`]: clientId,
    ...(clientSecret !== undefined && { [`${prefix}_CLIENT_SECRET`]: clientSecret }),
  };
}

/** Writes the ID and the secret of a client into an env file. */
export const writeSecret = (file: string, client: ClientSecret): void =>
  mergeEnvFile(file, toClientVariables(client));
