import type { TenantContext } from '../../context.ts';
import { toClientGrant } from '../../state/defaults.ts';
import type { ClientGrant } from '../../state/settings-documents.ts';
import { grantKey } from '../../state/state.ts';
import { applyPatch } from '../apply-patch.ts';
import { noSuchClient } from '../clients/require-client.ts';
import { invalidBody, managementError, notFound } from '../management-error.ts';
import type { CreateClientGrantBody, UpdateClientGrantBody } from './client-grant-body.ts';

type Deps = Pick<TenantContext, 'state'>;

/** Grants an API to a client, or to all third parties. Throws 400, 404 for who or what there is not, 409 for one there is. */
export function createClientGrant({ state }: Deps, body: CreateClientGrantBody): ClientGrant {
  const { client_id, default_for, audience } = body;
  if ((client_id === undefined) === (default_for === undefined))
    throw invalidBody(`'Exactly one of client_id and default_for is required'`);
  if (client_id !== undefined && !state.clients.get(client_id)) throw noSuchClient();
  const grant = toClientGrant(body);
  requireScopes({ state }, grant);
  const pair = grantKey(client_id ?? default_for ?? '', audience);
  const same = ({ subject_type }: ClientGrant): boolean => subject_type === grant.subject_type;
  if (state.clientGrants.find('pair', pair).some(same))
    throw managementError(409, 'A client grant with the same client_id and audience already exists.');
  state.clientGrants.put(grant);
  return grant;
}

/** Throws 400. */
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

/** That the API exists and has the scopes; and that they are either named or all. */
function requireScopes({ state }: Deps, { audience, scope, allow_all_scopes }: ClientGrant): void {
  const [api] = state.resourceServers.find('identifier', audience);
  if (!api) throw notFound(`No resource with identifier ${audience}`, 'inexistent_resource_server');
  if (allow_all_scopes === true && scope.length > 0)
    throw invalidBody(`'scope must be empty where allow_all_scopes is true' on property scope`);
  const known = new Set(api.scopes.map(({ value }) => value));
  const unknown = scope.filter((value) => !known.has(value));
  if (unknown.length > 0)
    throw managementError(400, `Scopes not defined by ${audience}: ${unknown.join(', ')}`, {
      errorCode: 'invalid_scope',
    });
}
