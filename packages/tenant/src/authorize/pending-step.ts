import { findConsent } from '../authorization/consents.ts';
import { findApi } from '../authorization/find-api.ts';
import { grantScopeFor } from '../authorization/user-scope.ts';
import type { TenantContext } from '../context.ts';
import { nextFactor } from '../factors/next-factor.ts';
import type { AuthorizeRequest, LoginTransaction } from '../state/browser-documents.ts';
import type { Client } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import { applyToScope } from '../tokens/apply-effects.ts';
import { lacksChoice } from './organization-step.ts';

/** The steps that a sign-in can wait for. All but `actions` have their own page. */
export type PendingStep =
  | 'invitation'
  | 'organization'
  | 'login'
  | 'picker'
  | 'actions'
  | 'mfa'
  | 'consent'
  | 'confirm';

export interface SignInParties {
  readonly client: Client;
  readonly user: User;
  readonly transaction: LoginTransaction;
  /** The caller's address, for the MFA policy. */
  readonly ip: string;
}

/** The next step of a user's sign-in; undefined if none is left. Computed at each request from the current state. */
export function pendingStep(context: TenantContext, parties: SignInParties): PendingStep | undefined {
  const { transaction } = parties;
  if (transaction.sid === undefined) return 'login';
  if (lacksChoice(context, parties)) return 'picker';
  const { actions } = transaction;
  // An Action that requires a factor immediately pauses the Actions after it.
  const isPaused = actions?.factor === 'required' && lacksFactor(context, parties);
  if ((!actions || actions.next !== undefined) && !isPaused) return 'actions';
  if (lacksFactor(context, parties)) return 'mfa';
  if (lacksConsent(context, parties)) return 'consent';
  return lacksConfirmation(context, parties) ? 'confirm' : undefined;
}

function lacksFactor(context: TenantContext, { user, transaction, ip }: SignInParties): boolean {
  const { amr, request, actions } = transaction;
  const question = { acrValues: request.acr_values, decided: actions?.factor, ip };
  return !amr.includes('mfa') && nextFactor(context, user, question) !== undefined;
}

/** The requested scopes that the user is granted, with the changes of Actions. */
export const scopeToGrant = (
  context: TenantContext,
  { client, user, transaction: { request, actions } }: Pick<SignInParties, 'client' | 'user' | 'transaction'>,
): string[] =>
  applyToScope(
    grantScopeFor(context, {
      client,
      userId: user.user_id,
      organizationId: request.organization?.id,
      api: apiOf(context, request),
      requested: request.scope,
    }),
    actions?.tokens,
  );

export const apiOf = (context: Pick<TenantContext, 'state' | 'issuer'>, { audience }: AuthorizeRequest) =>
  audience === undefined ? undefined : findApi(context, audience);

export const consentQuestion = ({
  user,
  transaction: { request },
}: Pick<SignInParties, 'user' | 'transaction'>) => ({
  userId: user.user_id,
  clientId: request.client_id,
  audience: request.audience,
  organizationId: request.organization?.id,
});

/**
 * A third party needs the user's consent to each scope; a first party needs it unless the API skips it.
 * `prompt=consent` always asks.
 */
function lacksConsent(context: TenantContext, parties: SignInParties): boolean {
  const { client, transaction } = parties;
  const { request, consented } = transaction;
  if (consented) return false;
  if (request.prompt.includes('consent')) return true;
  if (
    client.is_first_party &&
    apiOf(context, request)?.skip_consent_for_verifiable_first_party_clients !== false
  )
    return false;
  const consent = findConsent(context, consentQuestion(parties));
  return !consent || scopeToGrant(context, parties).some((scope) => !consent.scope.includes(scope));
}

/**
 * Any local program can listen on loopback or register a custom scheme, so a sign-in that has shown no other page asks
 * the user to confirm it, unless the client or the tenant skips this prompt.
 */
function lacksConfirmation({ state }: TenantContext, { client, transaction }: SignInParties): boolean {
  const { fresh, consented, confirmed, request } = transaction;
  if (fresh || consented || confirmed || isVerifiable(request.redirect_uri)) return false;
  // The user has confirmed the code of the device before.
  if (request.device_id !== undefined) return false;
  const ofTenant = state.settings.get()?.skip_non_verifiable_callback_uri_confirmation_prompt;
  return (client.skip_non_verifiable_callback_uri_confirmation_prompt ?? ofTenant) !== true;
}

function isVerifiable(redirectUri: string): boolean {
  const { protocol, hostname } = new URL(redirectUri);
  const isLoopback =
    hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  return (protocol === 'https:' || protocol === 'http:') && !isLoopback;
}
