import type { State } from '../state/state.ts';

type Settings = Pick<State, 'settings'>;

/** Whether requests may name an organization, and tokens have its name. */
export const allowsOrganizationNames = ({ settings }: Settings): boolean =>
  settings.get()?.extra?.allow_organization_name_in_authentication_api === true;

/** The organization claims of a token; `org_name` only if the tenant allows names. */
export const organizationClaims = (
  state: Settings,
  organization: { readonly id: string; readonly name: string } | undefined,
): { readonly org_id?: string; readonly org_name?: string } =>
  organization
    ? {
        org_id: organization.id,
        ...(allowsOrganizationNames(state) && { org_name: organization.name }),
      }
    : {};
