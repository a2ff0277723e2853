import type { TenantContext } from '../../context.ts';
import { DEFAULT_SETTINGS, defined } from '../../state/defaults.ts';
import type { TenantSettings } from '../../state/settings-documents.ts';
import { applyPatch } from '../apply-patch.ts';
import { mergeExtra, splitExtra } from '../extra.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import {
  MERGED_TENANT_EXTRA,
  TENANT_EXTRA,
  TENANT_EXTRA_DEFAULTS,
  TENANT_FLAG_DEFAULTS,
  type UpdateTenantSettingsBody,
  updateTenantSettingsBody,
} from './tenant-settings-body.ts';

const PATH = '/tenants/settings';

/** The tenant's settings. */
export const tenantSettingsRows: MakeRows = (context) => [
  defineRow({
    method: 'GET',
    path: PATH,
    scopes: ['read:tenant_settings'],
    handle: () => ({ status: 200, body: toView(readSettings(context)) }),
  }),
  defineRow({
    method: 'PATCH',
    path: PATH,
    title: 'Update tenant settings',
    scopes: ['update:tenant_settings'],
    body: updateTenantSettingsBody,
    handle: ({ body }) => {
      const settings = change(readSettings(context), body);
      context.state.settings.put(settings);
      return { status: 200, body: toView(settings) };
    },
  }),
];

export const readSettings = ({ state }: Pick<TenantContext, 'state'>): TenantSettings =>
  state.settings.get() ?? DEFAULT_SETTINGS;

const toView = ({
  extra,
  prompts: _prompts,
  email_provider: _mail,
  flags,
  ...settings
}: TenantSettings): object => ({
  ...settings,
  ...TENANT_EXTRA_DEFAULTS,
  ...extra,
  flags: { ...TENANT_FLAG_DEFAULTS, ...flags },
});

function change(before: TenantSettings, body: UpdateTenantSettingsBody): TenantSettings {
  const { known, extra } = splitExtra(body, TENANT_EXTRA);
  const {
    flags,
    session_lifetime_in_minutes: minutes,
    idle_session_lifetime_in_minutes: idleMinutes,
    ...rest
  } = known;
  return {
    ...applyPatch<TenantSettings>(before, rest, DEFAULT_SETTINGS),
    ...(minutes !== undefined && { session_lifetime: minutes / 60 }),
    ...(idleMinutes !== undefined && { idle_session_lifetime: idleMinutes / 60 }),
    flags: { ...before.flags, ...defined(flags ?? {}) },
    extra: mergeExtra(before.extra, inHours(extra), MERGED_TENANT_EXTRA),
  };
}

/** Lifetimes in minutes are stored, and returned, in hours. */
const inHours = (extra: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(extra).map(([name, value]) =>
      name.endsWith('_in_minutes') && typeof value === 'number'
        ? [name.replace('_in_minutes', ''), value / 60]
        : [name, value],
    ),
  );
