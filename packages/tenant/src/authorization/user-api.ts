import type { TenantContext } from '../context.ts';
import type { Client, ResourceServer } from '../state/settings-documents.ts';
import { oauthError } from '../wire/errors.ts';
import { findClientGrant } from './client-grants.ts';
import { findApi } from './find-api.ts';

/** The API of a user's sign-in; undefined without an audience or for /userinfo alone. */
export function findUserApi(
  context: Pick<TenantContext, 'state' | 'issuer'>,
  asked: string | undefined,
  unknown: () => Error,
): ResourceServer | undefined {
  const { state, issuer } = context;
  const audience = asked ?? state.settings.get()?.default_audience ?? '';
  if (audience === '' || audience === `${issuer}userinfo`) return undefined;
  const api = findApi(context, audience);
  if (!api) throw unknown();
  return api;
}

/**
 * Whether an API allows user access through this client. A strict third party always needs a client grant, and cannot
 * access system APIs.
 */
export function allowsUserAccess(
  { state }: Pick<TenantContext, 'state'>,
  client: Client,
  api: ResourceServer,
): boolean {
  const strict = client.third_party_security_mode === 'strict';
  const policy = api.subject_type_authorization.user?.policy ?? 'allow_all';
  if (policy === 'deny_all' || (strict && api.is_system)) return false;
  if (policy === 'allow_all' && !strict) return true;
  return findClientGrant(state, client, api, 'user') !== undefined;
}

export const userAccessText = (api: ResourceServer): string =>
  `Client is not authorized to access "${api.identifier}" for users.`;

/** Throws 403 `access_denied` if the API allows no user access, or none through this client. */
export function requireUserAccess(
  context: Pick<TenantContext, 'state'>,
  client: Client,
  api: ResourceServer,
): void {
  if (allowsUserAccess(context, client, api)) return;
  throw oauthError(403, 'access_denied', userAccessText(api), { hint: 'user_access_denied' });
}
