import { isIP } from 'node:net';
import type { AuthenticatedClient } from './authenticate-client.ts';

/**
 * The address that an attempt counts for: `auth0-forwarded-for` if the client is authenticated and trusted to send it,
 * otherwise the socket's address.
 */
export function callerIp(
  { client, proven }: AuthenticatedClient,
  forwardedFor: string | string[] | undefined,
  socketIp: string,
): string {
  if (!proven || !client.is_token_endpoint_ip_header_trusted) return socketIp;
  const forwarded = (Array.isArray(forwardedFor) ? forwardedFor[0] : forwardedFor)?.trim() ?? '';
  return isIP(forwarded) ? forwarded : socketIp;
}
