import type { TenantStore } from '#tenant';
import { type ExitCode, exitCodes } from '../startup/exit-codes.ts';
import { say, tell } from './output.ts';
import { withTenantStore } from './with-tenant-store.ts';

/** `tenant credentials`: what a client of the embedded tenant authenticates with. `name` may be its id. */
export const tellCredentials = (isJson: boolean, name: string): Promise<ExitCode> =>
  withTenantStore(isJson, { mayMake: false }, async (store, { settings, domain }) => {
    warnOfElsewhere(settings.port, domain);
    const found = await store.credentials(name);
    if (!found) {
      const known = await clientsOf(store);
      say(`The embedded tenant has no client ${JSON.stringify(name)}. It has: ${known.join(', ')}.`);
      return exitCodes.failure;
    }
    tell(isJson, found, () => Object.entries(found).map(([key, value]) => `${key}=${value}`));
    return exitCodes.fine;
  });

/** The credentials are good at the embedded tenant alone: a gateway that is set to another takes none of them. */
function warnOfElsewhere(port: number, domain: string | undefined): void {
  if (domain === undefined || (/^(localhost|127\.0\.0\.1):/.test(domain) && domain.endsWith(`:${port}`)))
    return;
  say(
    `note: AUTH0_DOMAIN is ${domain}, another tenant: these credentials are good at the embedded one only.`,
  );
}

async function clientsOf(store: TenantStore): Promise<string[]> {
  const { clients } = (await store.export(false)) as { clients: { client_id: string }[] };
  return clients.map(({ client_id }) => client_id);
}
