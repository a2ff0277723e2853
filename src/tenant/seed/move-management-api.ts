import type { State } from '../state/state.ts';

/**
 * Gives the Management API the identifier of the domain the tenant runs at now, and takes along what names it:
 * a store may be opened at another port than the one it was seeded at.
 */
export function moveManagementApi(state: State, identifier: string): void {
  const api = state.resourceServers.list().find((server) => server.is_system);
  if (!api || api.identifier === identifier) return;
  const before = api.identifier;
  const move = (audience: string): string => (audience === before ? identifier : audience);
  state.transaction(() => {
    state.resourceServers.put({ ...api, identifier });
    for (const grant of state.clientGrants.list())
      if (grant.audience === before) state.clientGrants.put({ ...grant, audience: identifier });
    for (const holder of state.roles.list()) {
      const permissions = holder.permissions.map((permission) => ({
        ...permission,
        resource_server_identifier: move(permission.resource_server_identifier),
      }));
      state.roles.put({ ...holder, permissions });
    }
    const settings = state.settings.get();
    if (settings) state.settings.put({ ...settings, default_audience: move(settings.default_audience) });
  });
}
