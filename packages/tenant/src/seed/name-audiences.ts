import type { Consent } from '../state/browser-documents.ts';
import type { Client, ClientGrant, Permission, Role, TenantSettings } from '../state/settings-documents.ts';
import type { Authorizations } from '../state/user-documents.ts';

/** Maps an audience to its new name. */
export type Rename = (audience: string) => string;

const permissions = (given: readonly Permission[], rename: Rename): Permission[] =>
  given.map((permission) => ({
    ...permission,
    resource_server_identifier: rename(permission.resource_server_identifier),
  }));

/** For each kind of document with audiences: the document with its audiences renamed. */
export const renamed = {
  settings: <T extends Pick<TenantSettings, 'default_audience'>>(settings: T, rename: Rename): T => ({
    ...settings,
    default_audience: rename(settings.default_audience),
  }),
  client: <T extends Pick<Client, 'refresh_token'>>(client: T, rename: Rename): T => {
    const { refresh_token } = client;
    if (!refresh_token.policies) return client;
    const policies = refresh_token.policies.map((policy) => ({
      ...policy,
      audience: rename(policy.audience),
    }));
    return { ...client, refresh_token: { ...refresh_token, policies } };
  },
  owned: <T extends Pick<ClientGrant | Consent, 'audience'>>(grant: T, rename: Rename): T => ({
    ...grant,
    audience: rename(grant.audience),
  }),
  holder: <T extends Pick<Role | Authorizations, 'permissions'>>(holder: T, rename: Rename): T => ({
    ...holder,
    permissions: permissions(holder.permissions, rename),
  }),
};
