import type { TenantContext } from '../context.ts';
import { oauthError } from '../errors.ts';
import type { Client, ResourceServer } from '../state/settings-documents.ts';
import { grantKey } from '../state/state.ts';

/** The API that a user's sign-in is for: none without an audience, and none for /userinfo alone. */
export function findUserApi(
  { state, issuer }: Pick<TenantContext, 'state' | 'issuer'>,
  asked: string | undefined,
  unknown: () => Error,
): ResourceServer | undefined {
  const audience = asked ?? state.settings.get()?.default_audience ?? '';
  if (audience === '' || audience === `${issuer}userinfo`) return undefined;
  const [api] = state.resourceServers.find('identifier', audience);
  if (!api) throw unknown();
  return api;
}

/** Throws 403 `access_denied` where the API lets no user in, or none by this client. */
export function requireUserAccess(
  { state }: Pick<TenantContext, 'state'>,
  client: Client,
  api: ResourceServer,
): void {
  const policy = api.subject_type_authorization.user?.policy ?? 'allow_all';
  if (policy === 'allow_all') return;
  const grants = state.clientGrants.find('pair', grantKey(client.client_id, api.identifier));
  if (policy === 'require_client_grant' && grants.some((grant) => grant.subject_type === 'user')) return;
  throw oauthError(
    403,
    'access_denied',
    `Client is not authorized to access "${api.identifier}" for users.`,
    {
      hint: 'user_access_denied',
    },
  );
}
