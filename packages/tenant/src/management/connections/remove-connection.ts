import type { TenantContext } from '../../context.ts';
import type { Connection } from '../../state/settings-documents.ts';
import { deleteUser } from '../../users/delete-user.ts';

/** Takes a connection away, after the users whose home it is and all that they hold. */
export function removeConnection(context: TenantContext, { id, name }: Connection): void {
  const { state } = context;
  state.transaction(() => {
    for (const { user_id, identities } of state.users.list())
      if (identities[0]?.connection === name) deleteUser(context, user_id);
    state.connections.remove(id);
  });
}
