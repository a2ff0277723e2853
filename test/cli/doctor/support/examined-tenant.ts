import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Tenant } from '#tenant';
import { contextOf } from '../../../../packages/tenant/test/support/context-of.ts';
import { quickOptions } from '../../../../packages/tenant/test/support/quick-tenant.ts';
import { openManagement } from '../../../../src/auth0/management-access.ts';
import { type DoctorOptions, runDoctor } from '../../../../src/cli/doctor/run-doctor.ts';
import type { TenantLink } from '../../../../src/deps.ts';
import { startEmbeddedTenant } from '../../../../src/embedded/embedded-tenant.ts';
import { createTravelClock, type TravelClock } from '../../../../src/lib/clock.ts';
import { readSources } from '../../../../src/startup/read-sources.ts';
import { counted, named, toBytes } from '../../../location/support/small-gazetteer.ts';
import { makeFolder } from '../../../support/folder.ts';

type Environment = Readonly<Record<string, string>>;

/** The options of the doctor that differ from the gateway of the seed. */
export interface View {
  readonly env?: Environment;
  readonly link?: Partial<TenantLink>;
  readonly clock?: TravelClock;
  readonly gazetteerFile?: string;
  readonly options?: DoctorOptions;
}

export type ExaminedTenant = Awaited<ReturnType<typeof startExaminedTenant>>;

const CUSTOMER = 'customer-acme';

/** An embedded tenant with the gateway's seed and a customer, without findings; tests break and restore it. */
export async function startExaminedTenant() {
  const clock = createTravelClock();
  const tenant = await startEmbeddedTenant(
    {
      host: '127.0.0.1',
      port: 0,
      domain: 'localhost',
      scheme: 'https',
      dataFile: ':memory:',
      allowRemote: false,
    },
    { ...(await quickOptions()), clock, warn: () => undefined },
  );
  const link = toLink(tenant);
  if (!link.management) throw new Error('no client for management');
  const { client } = await openManagement(link.management);
  const { state } = contextOf(tenant);
  await client.attackProtection.suspiciousIpThrottling.update({ allowlist: ['192.0.2.1'] });
  await client.emails.provider.create({
    name: 'smtp',
    default_from_address: 'a@acme.example',
    credentials: { smtp_host: 'mail.example', smtp_port: 25, smtp_user: 'me', smtp_pass: 'hush' },
  });
  const customer = await client.clients.create({
    name: CUSTOMER,
    app_type: 'non_interactive',
    grant_types: ['client_credentials'],
    client_metadata: { gatehouse_customer: 'acme' },
  });
  const customerId = customer.client_id ?? '';
  await client.clientGrants.create({
    client_id: customerId,
    audience: 'urn:worldmappers',
    scope: ['directions'],
  });
  const folder = makeFolder();
  const gazetteerFile = path.join(folder, 'gazetteer.bin');
  writeFileSync(
    gazetteerFile,
    toBytes([named('Rome', 'IT', 41.9, 12.5)], [counted(1, 'Rome', 'IT', 41.9, 12.5, 2_800_000)]),
  );
  const control = async (method: string, at: string, body?: unknown): Promise<string> => {
    const answer = await fetch(`${tenant.origin}/_tenant${at}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    });
    if (!answer.ok) throw new Error(`${method} ${at}: ${answer.status} ${await answer.text()}`);
    return answer.text();
  };
  const snapshot = await control('GET', '/export?with_keys=true');

  async function examine(view: View = {}) {
    const { env = {}, options, ...rest } = view;
    const given = { STORE_URL: 'sqlite::memory:', ...env };
    const sources = await readSources(given, { cwd: makeFolder() });
    if (!sources.ok) throw new Error(JSON.stringify(sources.faults));
    return runDoctor(
      {
        sources,
        warnings: sources.warnings,
        clock: rest.clock ?? clock,
        gazetteerFile: rest.gazetteerFile ?? gazetteerFile,
        link: { ...link, ...rest.link },
      },
      options,
    );
  }

  return {
    tenant,
    link,
    client,
    state,
    customerId,
    control,
    examine,
    /** Reverts the changes of a test. */
    restore: async () => {
      await control('PUT', '/faults', []);
      await control('POST', '/import', snapshot);
    },
    close: () => tenant.close(),
  };
}

function toLink(tenant: Tenant): TenantLink {
  const own = tenant.credentials('gatehouse');
  const machine = tenant.credentials('gatehouse-management');
  if (own?.client_secret === undefined || machine?.client_secret === undefined)
    throw new Error('the seed has no such clients');
  const { issuer } = tenant;
  const baseUrl = `https://${tenant.domain}`;
  return {
    issuer,
    baseUrl,
    browserOrigin: tenant.origin,
    clientId: own.client_id,
    credential: { secret: own.client_secret },
    management: { issuer, baseUrl, clientId: machine.client_id, clientSecret: machine.client_secret },
  };
}

/** The ids of the findings, including warnings. */
export const found = ({ findings }: Awaited<ReturnType<ExaminedTenant['examine']>>): string[] =>
  findings.filter(({ status }) => status !== 'pass').map(({ id }) => id);
