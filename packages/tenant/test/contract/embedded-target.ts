import { type StoreKind, startTestTenant, type TestTenant } from '../support/start-test-tenant.ts';
import { contractSeed, seededSettings } from './contract-seed.ts';
import type { Control, InboxMessage } from './control.ts';
import type { Settings } from './settings.ts';
import type { TargetOptions } from './target.ts';

/** A running tenant under test. */
export interface OpenTarget extends TargetOptions {
  close(): Promise<void>;
}

/** The settings of an embedded tenant with the contract's seed, as in an environment. */
function settingsOf({ tenant }: TestTenant): Settings {
  const secretOf = (name: string): string => tenant.credentials(name)?.client_secret ?? '';
  return {
    ...seededSettings,
    DOMAIN: tenant.domain,
    CLIENT_ID: 'app',
    CLIENT_SECRET: secretOf('app'),
    MACHINE_CLIENT_ID: 'machine',
    MACHINE_CLIENT_SECRET: secretOf('machine'),
    OTHER_CLIENT_ID: 'other',
    OTHER_CLIENT_SECRET: secretOf('other'),
    THIRD_PARTY_CLIENT_ID: 'tpc_contract',
    THIRD_PARTY_CLIENT_SECRET: secretOf('tpc_contract'),
    MANAGEMENT_CLIENT_ID: 'management',
    MANAGEMENT_CLIENT_SECRET: secretOf('management'),
    MFA_CLIENT_ID: 'mfa',
    MFA_CLIENT_SECRET: secretOf('mfa'),
  };
}

/** Starts a tenant with the contract's seed. */
export async function openEmbeddedTarget(store: StoreKind): Promise<OpenTarget> {
  const t = await startTestTenant(store, contractSeed);
  return {
    settings: settingsOf(t),
    control: createControl(t),
    nowMs: () => t.clock.now(),
    close: () => t.close(),
  };
}

/** Uses `/_tenant`; settings and log are accessed in process. */
function createControl(t: TestTenant): Control {
  const { tenant } = t;
  const { stored: state } = t;
  async function order(method: string, path: string, body: object): Promise<void> {
    const response = await fetch(`${tenant.origin}/_tenant${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${method} /_tenant${path}: ${response.status} ${text}`);
  }
  return {
    clock: { travel: (seconds) => order('POST', '/clock', { offset_s: seconds }) },
    faults: { inject: (faults) => order('PUT', '/faults', faults) },
    inbox: {
      async list(to) {
        const { text } = await t.get(`/_tenant/inbox?to=${encodeURIComponent(to)}`);
        return JSON.parse(text) as InboxMessage[];
      },
    },
    keys: { rotate: () => order('POST', '/keys/rotate', {}) },
    settings: {
      async during(change, work) {
        const before = state.settings.get();
        if (!before) throw new Error('the tenant has no settings');
        state.settings.put({ ...before, ...change });
        await work().finally(() => state.settings.put(before));
      },
      setLogoutUrl(url) {
        const client = state.clients.get('app');
        if (!client) throw new Error('the tenant has no client app');
        state.clients.put({ ...client, oidc_logout: { backchannel_logout_urls: [url] } });
      },
    },
    logouts: { send: (body) => order('POST', '/backchannel-logout', body) },
    factors: {
      answerPush: (userId, action) => order('POST', `/users/${encodeURIComponent(userId)}/push`, { action }),
    },
    hints: { of: (headers) => headers.get('x-tenant-hint') ?? undefined },
    log: { types: () => t.logTypes() },
  };
}
