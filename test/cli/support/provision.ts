import { onTestFinished } from 'vitest';
import { type ManagementAccess, openManagement } from '../../../src/auth0/management-access.ts';
import type { ManagementLink } from '../../../src/auth0/management-client.ts';
import { type ApplyOptions, applyDesired, planDesired } from '../../../src/cli/provision/apply-desired.ts';
import type { Outcome } from '../../../src/cli/provision/apply-steps.ts';
import { readCurrentTenant } from '../../../src/cli/provision/current-tenant.ts';
import type { DesiredTenant, TenantFile } from '../../../src/cli/provision/desired-tenant.ts';
import { toTenantFile } from '../../../src/cli/provision/export-tenant.ts';
import { startEmbeddedTenant } from '../../../src/embedded/embedded-tenant.ts';
import { createTravelClock } from '../../../src/lib/clock.ts';

/** A tenant with an operator who may use its Management API. */
export interface ProvisionStage {
  readonly link: ManagementLink;
  readonly origin: string;
  /** Opens the Management API, by default with the operator's client. */
  readonly open: (network?: typeof fetch, link?: Partial<ManagementLink>) => Promise<ManagementAccess>;
  /** Runs `apply` like the command. */
  readonly apply: (
    desired: DesiredTenant,
    options?: ApplyOptions,
    network?: typeof fetch,
  ) => Promise<Outcome>;
  /** The steps of `plan`. */
  readonly plan: (desired: DesiredTenant, options?: ApplyOptions) => ReturnType<typeof planDesired>;
  readonly exported: () => Promise<TenantFile>;
}

export const EVERY_KIND = new Set(['tenant', 'api', 'client', 'grant', 'connection'] as const);

/** Starts a new embedded tenant in this process, with the gateway's seed. */
export async function startStage(): Promise<ProvisionStage> {
  const tenant = await startEmbeddedTenant(
    {
      host: '127.0.0.1',
      port: 0,
      domain: 'localhost',
      scheme: 'https',
      dataFile: ':memory:',
      allowRemote: false,
    },
    { clock: createTravelClock(), warn: () => undefined },
  );
  onTestFinished(() => tenant.close());
  const operator = tenant.credentials('gatehouse-management');
  const link = {
    baseUrl: tenant.origin,
    issuer: tenant.issuer,
    clientId: operator?.client_id ?? '',
    clientSecret: operator?.client_secret ?? '',
  };
  const open = (network: typeof fetch = fetch, other: Partial<ManagementLink> = {}) =>
    openManagement({ ...link, ...other }, { fetch: network });
  return {
    link,
    origin: tenant.origin,
    open,
    apply: async (desired, options, network) => applyDesired(await open(network), desired, options),
    plan: async (desired, options) => planDesired(await open(), desired, { ...options, access: {} }),
    exported: async () => toTenantFile(await readCurrentTenant(await open(), EVERY_KIND)),
  };
}

/** A file with one resource of each kind, none of which the seed has. */
export const SHOP: TenantFile = {
  version: 1,
  tenant: {
    flags: { enable_public_signup_user_exists_error: true },
    settings: { session_lifetime_in_minutes: 600, allowed_logout_urls: ['https://shop.example.com/'] },
  },
  apis: [
    {
      identifier: 'https://orders.example.com',
      name: 'Orders',
      scopes: [{ value: 'read:orders', description: 'See orders' }, { value: 'write:orders' }],
      settings: { allow_offline_access: true, token_lifetime: 3600 },
    },
  ],
  clients: [
    {
      key: 'shop',
      name: 'Shop',
      kind: 'web',
      callbacks: ['https://shop.example.com/callback'],
      logout_urls: ['https://shop.example.com/'],
      grant_types: ['authorization_code', 'refresh_token'],
      settings: {
        refresh_token: {
          rotation_type: 'rotating',
          expiration_type: 'expiring',
          leeway: 30,
          policies: [{ audience: 'https://orders.example.com', scope: ['read:orders'] }],
        },
      },
    },
    {
      key: 'partner',
      name: 'Partner',
      kind: 'third-party',
      callbacks: ['https://partner.example.com/callback'],
      settings: { redirection_policy: 'allow_always' },
      grants: [{ audience: 'https://orders.example.com', scopes: ['read:orders'] }],
    },
    {
      key: 'robot',
      name: 'Robot',
      kind: 'machine',
      grants: [
        { audience: 'https://orders.example.com', scopes: ['write:orders', 'read:orders'] },
        { audience: '$mgmt', scopes: ['read:users'] },
      ],
    },
  ],
  connections: [
    {
      name: 'Customers',
      clients: ['shop', 'robot'],
      settings: { options: { passwordPolicy: 'excellent', disable_signup: true } },
    },
  ],
};
