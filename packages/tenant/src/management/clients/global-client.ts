import type { TenantContext } from '../../context.ts';
import { putKept, readKept } from '../kept/kept-setting.ts';
import { signingKeys } from './client-view.ts';

/** The client that every Auth0 tenant has, with the login page of all applications. Nobody can sign in with it. */
export const GLOBAL_CLIENT_ID = 'all-applications';

const KIND = '/clients/global';

/** The global client in the Management API's format. */
export const showGlobalClient = (context: Pick<TenantContext, 'domain' | 'state'>): object => ({
  tenant: context.domain.split(':', 1)[0],
  global: true,
  client_id: GLOBAL_CLIENT_ID,
  name: 'All Applications',
  callbacks: [],
  is_first_party: true,
  owners: [],
  custom_login_page: '',
  custom_login_page_on: true,
  cross_origin_authentication: true,
  ...readKept(context, KIND),
  signing_keys: signingKeys(context.state),
});

/** Stores the login page of all applications, which has no effect here. Other members are ignored. */
export function changeGlobalClient(
  context: Pick<TenantContext, 'state'>,
  given: Readonly<Record<string, unknown>>,
): void {
  const { custom_login_page: page, custom_login_page_on: isOn } = given;
  putKept(context, KIND, {
    ...readKept(context, KIND),
    ...(page !== undefined && { custom_login_page: page }),
    ...(isOn !== undefined && { custom_login_page_on: isOn }),
  });
}
