import type { TenantContext } from '../context.ts';
import type { Consent } from '../state/browser-documents.ts';
import type { RefreshFamily } from '../state/token-documents.ts';

/** Takes a consent away, with the refresh tokens that the client got under it. */
export function revokeConsent(
  { state, issuer }: Pick<TenantContext, 'state' | 'issuer'>,
  consent: Consent,
): void {
  const isUnder = (family: RefreshFamily): boolean =>
    family.client_id === consent.client_id &&
    (family.audience ?? `${issuer}userinfo`) === consent.audience &&
    family.organization?.id === consent.organization;
  state.transaction(() => {
    state.consents.remove(consent.id);
    for (const family of state.refreshFamilies.find('user_id', consent.user_id))
      if (isUnder(family)) state.refreshFamilies.put({ ...family, revoked: true });
  });
}
