import type { TenantContext } from '../context.ts';
import { logoutUrlsOf, makeLogoutToken } from '../sessions/backchannel-logout.ts';
import type { LogoutOrder, LogoutOutcome } from './control-rows.ts';

/** What `POST /_tenant/backchannel-logout` does: sends a logout token, and ends no session here. */
export const createBackchannelControl =
  (context: TenantContext) =>
  async ({ user_id, client_id, sid }: LogoutOrder): Promise<LogoutOutcome> => {
    const { state, callBack } = context;
    if (!state.users.get(user_id)) return { missing: 'There is no such user.' };
    const client = state.clients.get(client_id);
    if (!client) return { missing: 'There is no such client.' };
    const urls = logoutUrlsOf(client);
    if (urls.length === 0) return { missing: 'The client has no back-channel logout URL.' };
    const sent = await Promise.all(
      urls.map(async (url) => {
        const logout_token = await makeLogoutToken(context, client, { user_id, sid });
        const status = await callBack.now(url, { logout_token }).catch(() => undefined);
        return { url, ...(status !== undefined && { status }) };
      }),
    );
    return { sent };
  };
