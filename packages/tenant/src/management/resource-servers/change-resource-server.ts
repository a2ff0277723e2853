import type { TenantContext } from '../../context.ts';
import { removeClientGrantFromOrganizations } from '../../organizations/cascades.ts';
import { defined, toResourceServer } from '../../state/defaults.ts';
import type { ResourceServer } from '../../state/settings-documents.ts';
import { applyPatch } from '../apply-patch.ts';
import { mergeExtra, splitExtra } from '../extra.ts';
import { invalidBody, managementError, notFound } from '../management-error.ts';
import { removeScopes } from './remove-scopes.ts';
import {
  type CreateResourceServerBody,
  RESOURCE_SERVER_EXTRA,
  SYSTEM_MEMBERS,
  type UpdateResourceServerBody,
} from './resource-server-body.ts';

type Deps = Pick<TenantContext, 'state'>;

const noSuchServer = () => notFound('The resource server does not exist', 'inexistent_resource_server');

/** An API by its id or identifier. Throws 404 `inexistent_resource_server`. */
export function requireResourceServer({ state }: Deps, id = ''): ResourceServer {
  const api = findResourceServer({ state }, id);
  if (!api) throw noSuchServer();
  return api;
}

const findResourceServer = ({ state }: Deps, id = ''): ResourceServer | undefined =>
  state.resourceServers.get(id) ?? state.resourceServers.find('identifier', id)[0];

/** Creates an API. Throws 409 if the identifier exists. */
export function createResourceServer({ state }: Deps, body: CreateResourceServerBody): ResourceServer {
  const { known, extra } = splitExtra(body, RESOURCE_SERVER_EXTRA);
  const api = toResourceServer({ ...defined(known), extra: mergeExtra(undefined, extra) });
  requireDistinctScopes(api);
  if (state.resourceServers.find('identifier', api.identifier).length > 0)
    throw managementError(409, 'A resource server with the same identifier already exists.');
  state.resourceServers.put(api);
  return api;
}

/**
 * Changes an API; a removed scope is also removed from all grants, roles and users. Throws 400 for read-only members of
 * a system API.
 */
export function changeResourceServer(
  { state }: Deps,
  id: string | undefined,
  body: UpdateResourceServerBody,
): ResourceServer {
  const before = requireResourceServer({ state }, id);
  const { known, extra } = splitExtra(body, RESOURCE_SERVER_EXTRA);
  const foreign = before.is_system ? Object.keys(known).filter((name) => !SYSTEM_MEMBERS.has(name)) : [];
  if (foreign.length > 0) throw invalidBody(`'Additional properties not allowed: ${foreign.join(',')}'`);
  const policies = {
    ...before.subject_type_authorization,
    ...defined(known.subject_type_authorization ?? {}),
  };
  const patch = { ...known, subject_type_authorization: policies };
  const api = { ...applyPatch<ResourceServer>(before, patch), extra: mergeExtra(before.extra, extra) };
  requireDistinctScopes(api);
  return state.transaction(() => {
    state.resourceServers.put(api);
    const left = new Set(api.scopes.map(({ value }) => value));
    if (before.scopes.some(({ value }) => !left.has(value))) removeScopes({ state }, api.identifier, left);
    return api;
  });
}

/** Deletes an API with its grants, permissions and consents, if it exists. Throws 400 for a system API. */
export function removeResourceServer({ state }: Deps, id: string | undefined): void {
  const api = findResourceServer({ state }, id);
  if (!api) return;
  if (api.is_system)
    throw managementError(400, 'System resource servers cannot be deleted.', {
      errorCode: 'operation_not_supported',
    });
  state.transaction(() => {
    state.resourceServers.remove(api.id);
    for (const grant of state.clientGrants.list())
      if (grant.audience === api.identifier) {
        state.clientGrants.remove(grant.id);
        removeClientGrantFromOrganizations(state, grant.id);
      }
    for (const consent of state.consents.list())
      if (consent.audience === api.identifier) state.consents.remove(consent.id);
    removeScopes({ state }, api.identifier, new Set());
  });
}

function requireDistinctScopes({ scopes }: ResourceServer): void {
  const values = scopes.map(({ value }) => value);
  if (new Set(values).size < values.length) throw invalidBody(`'Duplicate scopes' on property scopes`);
}
