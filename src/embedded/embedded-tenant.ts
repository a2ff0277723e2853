import { existsSync } from 'node:fs';
import type { StoreAccess, Tenant, TenantOptions, TenantStore } from '#tenant';
import type { TenantSettings } from '../config/config.ts';
import { toGatewaySeed } from './gateway-seed.ts';

/** The npm package of the embedded tenant. */
const PACKAGE_NAME = 'emulator-for-auth0';
const PACKAGE_FOLDER = new URL('../../packages/tenant/', import.meta.url);

/** The embedded tenant is not installed: the production image has none. The message says what to do. */
export class NoTenantPackage extends Error {
  override readonly name = 'NoTenantPackage';

  constructor() {
    super(
      `The embedded tenant is not part of this installation. Run it from a checkout of Gatehouse, or run its package ${PACKAGE_NAME} with "npx ${PACKAGE_NAME}".`,
    );
  }
}

/** Throws `NoTenantPackage` if the embedded tenant is not installed. */
export function requireTenantPackage(): void {
  if (!existsSync(PACKAGE_FOLDER)) throw new NoTenantPackage();
}

/** Loads the embedded tenant and the gateway's seed. Throws `NoTenantPackage`. */
async function loadTenant() {
  requireTenantPackage();
  const { startTenant, openTenantStore, MANAGEMENT_SCOPES } = await import('#tenant');
  return { startTenant, openTenantStore, builtInSeed: toGatewaySeed(MANAGEMENT_SCOPES) };
}

/** Starts the embedded tenant. Throws `NoTenantPackage`, `SeedError` and the errors of listening. */
export async function startEmbeddedTenant(
  settings: TenantSettings,
  more: Omit<TenantOptions, keyof TenantSettings | 'seed' | 'builtInSeed' | 'command'>,
): Promise<Tenant> {
  const { startTenant, builtInSeed } = await loadTenant();
  const { seedFile, ...own } = settings;
  return startTenant({
    ...own,
    ...(seedFile !== undefined && { seed: seedFile }),
    ...more,
    builtInSeed,
    command: 'gatehouse tenant',
  });
}

/** Opens the store of the embedded tenant, whether it is running or not. Throws `NoTenantPackage` and `NoTenantData`. */
export async function openEmbeddedStore(settings: TenantSettings, access: StoreAccess): Promise<TenantStore> {
  const { openTenantStore, builtInSeed } = await loadTenant();
  return openTenantStore({ ...settings, builtInSeed }, access);
}
