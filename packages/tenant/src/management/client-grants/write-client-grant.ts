import type { TenantContext } from '../../context.ts';
import { toClientGrant } from '../../state/defaults.ts';
import type { ClientGrant } from '../../state/settings-documents.ts';
import { grantKey } from '../../state/state.ts';
import { applyPatch } from '../apply-patch.ts';
import { noSuchClient } from '../clients/require-client.ts';
import { invalidBody, managementError, notFound } from '../management-error.ts';
import type { CreateClientGrantBody, UpdateClientGrantBody } from './client-grant-body.ts';

type Deps = Pick<TenantContext, 'state'>;

/**
 * Creates a client grant for a client or for all third parties. Throws 400, 404 for an unknown client or API, 409 for
 * an existing grant.
 */
export function createClientGrant({ state }: Deps, body: CreateClientGrantBody): ClientGrant {
  const { client_id, default_for, audience } = body;
  if ((client_id === undefined) === (default_for === undefined))
    throw invalidBody(`'Exactly one of client_id and default_for is required'`);
  const client = client_id === undefined ? undefined : state.clients.get(client_id);
  if (client_id !== undefined && !client) throw noSuchClient();
  if (client?.app_type === 'express_configuration')
    throw managementError(400, 'Client of type express_configuration cannot be used', {
      errorCode: 'validation_error',
    });
  const grant = toClientGrant(body);
  requireScopes({ state }, grant);
  const pair = grantKey(client_id ?? default_for ?? '', audience);
  const same = ({ subject_type }: ClientGrant): boolean => subject_type === grant.subject_type;
  if (state.clientGrants.find('pair', pair).some(same))
    throw managementError(409, 'A client grant with the same client_id and audience already exists.');
  state.clientGrants.put(grant);
  return grant;
}

/** Changes a client grant. Throws 400. */
export function changeClientGrant(
  { state }: Deps,
  before: ClientGrant,
  body: UpdateClientGrantBody,
): ClientGrant {
  const grant = applyPatch<ClientGrant>(before, body, { scope: [] });
  requireScopes({ state }, grant);
  state.clientGrants.put(grant);
  return grant;
}

/** Checks that the API exists, and that either scopes are listed or all are allowed. Unknown scopes are accepted. */
function requireScopes({ state }: Deps, { audience, scope, allow_all_scopes }: ClientGrant): void {
  if (state.resourceServers.find('identifier', audience).length === 0)
    throw notFound(`No resource with identifier ${audience}`, 'inexistent_resource_server');
  if (allow_all_scopes === true && scope.length > 0)
    throw invalidBody(`'scope must be empty where allow_all_scopes is true' on property scope`);
}
