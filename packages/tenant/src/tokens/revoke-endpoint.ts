import { authenticateClient } from '../clients/authenticate-client.ts';
import type { TenantContext } from '../context.ts';
import { oauthError, WireError } from '../wire/errors.ts';
import type { Endpoint } from '../wire/row.ts';
import { revokeToken } from './refresh-families.ts';

/** POST /oauth/revoke (RFC 7009): takes form or JSON; answers 200 with an empty body for any token. */
export const revokeEndpoint = (context: TenantContext): Endpoint => ({
  method: 'POST',
  path: '/oauth/revoke',
  listedAs: 'revocation_endpoint',
  forBrowsers: true,
  async handle({ body, headers, ip }) {
    const token = body.required('token');
    const { client } = await authenticateClient(context, body, headers.authorization).catch(
      (error: unknown) => {
        if (!(error instanceof WireError) || error.status !== 401) throw error;
        throw oauthError(401, 'invalid_client', 'Unauthorized', { hint: error.options.hint });
      },
    );
    revokeToken(context, client, token, ip);
    return { body: '', headers: { 'cache-control': 'no-store' } };
  },
});
