import { isIP } from 'node:net';
import type { AuthenticatedClient } from './authenticate-client.ts';

/**
 * Whose address an attempt counts for: that of `auth0-forwarded-for` where the client has proved itself and is
 * trusted to say, else the socket's.
 */
export function callerIp(
  { client, proven }: AuthenticatedClient,
  forwardedFor: string | string[] | undefined,
  socketIp: string,
): string {
  if (!proven || !client.is_token_endpoint_ip_header_trusted) return socketIp;
  const said = (Array.isArray(forwardedFor) ? forwardedFor[0] : forwardedFor)?.trim() ?? '';
  return isIP(said) ? said : socketIp;
}
