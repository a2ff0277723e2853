import type { TenantContext } from '../context.ts';
import type { Client } from '../state/settings-documents.ts';
import type { StartRequest } from './parse-start.ts';

export const verifyRedirectPath = '/passwordless/verify_redirect';

/** What a link says by itself, whatever `authParams` would have it say. */
const reserved: ReadonlySet<string> = new Set(['client_id', 'connection', 'email', 'verification_code']);

/** How the code of a start becomes a link that carries the authorize request to come. */
export function magicLink(
  { origin }: Pick<TenantContext, 'origin'>,
  client: Client,
  { connection, address, authParams }: StartRequest,
): (code: string) => string {
  const given = Object.entries(authParams).filter(([name]) => !reserved.has(name));
  return (verification_code) => {
    const link = new URL(verifyRedirectPath, origin);
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
