import type { TenantContext } from '../../context.ts';
import { removeClientGrantFromOrganizations } from '../../organizations/cascades.ts';

/** Deletes a client with its grants, consents, connection settings and issued tokens; nothing if it does not exist. */
export function removeClient({ state }: Pick<TenantContext, 'state'>, id: string): void {
  state.transaction(() => {
    if (!state.clients.remove(id)) return;
    for (const grant of state.clientGrants.find('client_id', id)) {
      state.clientGrants.remove(grant.id);
      removeClientGrantFromOrganizations(state, grant.id);
    }
    for (const invitation of state.invitations.list())
      if (invitation.client_id === id) state.invitations.remove(invitation.id);
    for (const consent of state.consents.find('client_id', id)) state.consents.remove(consent.id);
    for (const family of state.refreshFamilies.find('client_id', id))
      state.refreshFamilies.put({ ...family, revoked: true });
    for (const token of state.opaqueTokens.list())
      if (token.client_id === id) state.opaqueTokens.remove(token.id);
    for (const connection of state.connections.list()) {
      const enabled_clients = connection.enabled_clients.filter((client) => client !== id);
      if (enabled_clients.length < connection.enabled_clients.length)
        state.connections.put({ ...connection, enabled_clients });
    }
  });
}
