import type { TenantContext } from '../context.ts';
import type { ScopeGroup } from '../pages/consent-page.ts';
import type { AuthorizeRequest } from '../state/browser-documents.ts';
import { apiOf } from './pending-step.ts';

/** Descriptions of OpenID Connect's scopes, for the consent page. */
const STANDARD: Readonly<Record<string, string>> = {
  openid: 'Know who you are',
  profile: 'See your name, nickname and picture',
  email: 'See your email address',
  phone: 'See your phone number',
  address: 'See your address',
  offline_access: 'Keep this access while you are away',
};

/** The scopes for the consent page: first those of the user's profile, then those of the API. */
export function toScopeGroups(
  context: Pick<TenantContext, 'state' | 'issuer'>,
  request: AuthorizeRequest,
  scope: readonly string[],
): ScopeGroup[] {
  const described = context.state.settings.get()?.flags.use_scope_descriptions_for_consent === true;
  const api = apiOf(context, request);
  const own = scope.filter((value) => Object.hasOwn(STANDARD, value));
  const ofApi = scope.filter((value) => !Object.hasOwn(STANDARD, value));
  const groups: ScopeGroup[] = [
    { name: 'Your account', scopes: own.map((value) => ({ value, description: STANDARD[value] })) },
    {
      name: api?.name ?? '',
      scopes: ofApi.map((value) => ({
        value,
        description: described ? api?.scopes.find((entry) => entry.value === value)?.description : undefined,
      })),
    },
  ];
  return groups.filter((group) => group.scopes.length > 0);
}
