import type { ClientAuthentication } from './client-authentication.ts';
import { toRefusal } from './error-map.ts';
import type { DoLater } from './later.ts';
import type { TenantCall } from './tenant-call.ts';
import { isSuccess } from './token-answer.ts';

/** What the log says of a refresh token that lives on; it lapses by the tenant's own lifetimes. */
export const NOT_REVOKED = 'a refresh token was not revoked';

/** Ends a refresh token and its family (RFC 7009), if there is one, in the background; one that is not known has ended. */
export type RevokeLater = (refreshToken: string | undefined) => void;

export function createRevokeLater(
  call: TenantCall,
  authenticateClient: ClientAuthentication,
  doLater: DoLater,
): RevokeLater {
  async function revoke(token: string): Promise<void> {
    const form = { token, ...(await authenticateClient()) };
    const answer = await call({ path: '/oauth/revoke', form });
    if (!isSuccess(answer)) throw toRefusal('refresh', answer);
  }

  return (refreshToken) => {
    if (refreshToken !== undefined) doLater(NOT_REVOKED, () => revoke(refreshToken));
  };
}
