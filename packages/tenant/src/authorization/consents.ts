import type { TenantContext } from '../context.ts';
import { randomHex } from '../lib/random.ts';
import { consentKey } from '../state/browser-collections.ts';
import type { Consent } from '../state/browser-documents.ts';
import type { RefreshFamily } from '../state/token-documents.ts';

type Deps = Pick<TenantContext, 'state' | 'issuer'>;

export interface ConsentQuestion {
  readonly userId: string;
  readonly clientId: string;
  /** Undefined: no API, only /userinfo. */
  readonly audience: string | undefined;
  readonly organizationId: string | undefined;
}

const audienceOf = ({ issuer }: Pick<Deps, 'issuer'>, { audience }: ConsentQuestion): string =>
  audience ?? `${issuer}userinfo`;

export function findConsent(context: Deps, question: ConsentQuestion): Consent | undefined {
  const key = consentKey(question.userId, question.clientId, audienceOf(context, question));
  const found = context.state.consents.find('key', key);
  return found.find((consent) => consent.organization === question.organizationId);
}

/** Stores a user's consent to a client, in addition to the scopes of earlier consents. */
export function addConsent(context: Deps, question: ConsentQuestion, scope: readonly string[]): void {
  const { state } = context;
  state.transaction(() => {
    const before = findConsent(context, question);
    state.consents.put({
      id: before?.id ?? randomHex(12),
      user_id: question.userId,
      client_id: question.clientId,
      audience: audienceOf(context, question),
      organization: question.organizationId,
      scope: [...new Set([...(before?.scope ?? []), ...scope])],
    });
  });
}

/** Revokes a consent and the refresh tokens that depend on it. */
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
