import type { TenantContext } from '../context.ts';
import type { Client } from '../state/settings-documents.ts';
import type { StartRequest } from './parse-start.ts';

export const VERIFY_REDIRECT_PATH = '/passwordless/verify_redirect';

/** Parameters that the link sets itself, whatever `authParams` contains. */
const RESERVED: ReadonlySet<string> = new Set(['client_id', 'connection', 'email', 'verification_code']);

/** Creates the magic link for a code: it carries the parameters of the authorize request that follows. */
export function magicLink(
  { origin }: Pick<TenantContext, 'origin'>,
  client: Client,
  { connection, address, authParams }: StartRequest,
): (code: string) => string {
  const given = Object.entries(authParams).filter(([name]) => !RESERVED.has(name));
  return (verification_code) => {
    const link = new URL(VERIFY_REDIRECT_PATH, origin);
    const own = {
      client_id: client.client_id,
      connection: connection.name,
      email: address,
      verification_code,
    };
    link.search = new URLSearchParams([...given, ...Object.entries(own)]).toString();
    return link.href;
  };
}
