import type { ClientAuthentication } from './client-authentication.ts';
import { toRefusal } from './error-map.ts';
import type { DoLater } from './later.ts';
import type { TenantCall } from './tenant-call.ts';
import { isSuccess } from './token-answer.ts';

/** The log message for a refresh token that could not be revoked; it stays valid until it expires. */
export const NOT_REVOKED = 'a refresh token was not revoked';

/**
 * Revokes a refresh token and its family (RFC 7009) in the background, if there is one; an unknown token counts as revoked.
 */
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
