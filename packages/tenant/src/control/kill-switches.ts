import type { TenantContext } from '../context.ts';
import { revokeUser } from '../sessions/end-session.ts';
import { revokeFamily } from '../tokens/refresh-families.ts';
import type { KillSwitches } from './kill-rows.ts';

/**
 * Creates the kill switches. JWT access tokens stay valid until they expire, as on Auth0: APIs verify them without the
 * tenant.
 */
export const createKillSwitches = (context: TenantContext): KillSwitches => ({
  revokeUser(id) {
    const isKnown = context.state.users.get(id) !== undefined;
    if (isKnown) revokeUser(context, id);
    return isKnown;
  },
  revokeClient(id) {
    const { state } = context;
    return state.transaction(() => {
      for (const code of state.codes.list()) if (code.request.client_id === id) state.codes.remove(code.id);
      for (const device of state.deviceAuthorizations.list())
        if (device.client_id === id) state.deviceAuthorizations.remove(device.id);
      for (const ticket of state.mfaTickets.list())
        if (ticket.client_id === id) state.mfaTickets.remove(ticket.id);
      for (const family of state.refreshFamilies.find('client_id', id)) revokeFamily(context, family.id);
      for (const token of state.opaqueTokens.list())
        if (token.client_id === id) state.opaqueTokens.remove(token.id);
      return state.clients.get(id) !== undefined;
    });
  },
  revokeFamily(id) {
    const { state } = context;
    const isKnown = state.refreshFamilies.get(id) !== undefined;
    revokeFamily(context, id);
    return isKnown;
  },
});
