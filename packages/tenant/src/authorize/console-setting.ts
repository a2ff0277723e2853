import type { TenantContext } from '../context.ts';
import type { Client } from '../state/settings-documents.ts';
import type { Hint } from '../wire/hints.ts';

/** The element of an application's page in the console that changes what a hint is about. */
const OF_APPLICATION: Partial<Record<Hint, string>> = {
  callback_mismatch: 'url-callbacks',
  web_origin: 'url-web_origins',
  logout_url: 'url-allowed_logout_urls',
  organization_usage: 'set-application-organization_usage',
  grant_type_disabled: 'token-settings',
  third_party_client_grant: 'grants',
};

/** The pages of the console that change what a hint is about, with no application. */
const OF_TENANT: Partial<Record<Hint, string>> = {
  unknown_client: '/console/applications',
  unknown_audience: '/console/apis',
  logout_url: '/console/settings#save-allowed_logout_urls',
  organization_names: '/console/settings#save-allow_organization_name_in_authentication_api',
};

/**
 * The page of the console, and the place on it, that changes the setting a hint names. Undefined if there is none, and with remote
 * access: people who are not developers may then see the error.
 */
export function consoleSettingOf(
  { linksToConsole }: Pick<TenantContext, 'linksToConsole'>,
  hint: Hint | undefined,
  client?: Pick<Client, 'client_id'>,
): string | undefined {
  if (!linksToConsole || hint === undefined) return undefined;
  const element = client && OF_APPLICATION[hint];
  return element === undefined
    ? OF_TENANT[hint]
    : `/console/applications/${encodeURIComponent(client?.client_id ?? '')}#${element}`;
}
