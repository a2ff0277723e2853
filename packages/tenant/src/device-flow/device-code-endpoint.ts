import { parseScope } from '../authorization/scopes.ts';
import { findUserApi, requireUserAccess } from '../authorization/user-api.ts';
import { authenticateClient } from '../clients/authenticate-client.ts';
import { requireGrantAllowed } from '../clients/require-grant-allowed.ts';
import type { TenantContext } from '../context.ts';
import { requireNoOrganization } from '../organizations/token-organization.ts';
import { ACTIVATE_PATH } from '../pages/device-pages.ts';
import { DEVICE_GRANT, DEVICE_LIFETIME_S, POLL_INTERVAL_S, startDevice } from '../tokens/device-codes.ts';
import { oauthError, WireError } from '../wire/errors.ts';
import type { Endpoint, TenantReply, TenantRequest } from '../wire/row.ts';

/** POST /oauth/device/code (RFC 8628 §3.1). */
export const deviceCodeEndpoint = (context: TenantContext): Endpoint => ({
  method: 'POST',
  path: '/oauth/device/code',
  listedAs: 'device_authorization_endpoint',
  forBrowsers: true,
  async handle(request) {
    try {
      return await start(context, request);
    } catch (error) {
      if (error instanceof WireError) recordFailure(context, request, error);
      throw error;
    }
  },
});

async function start(context: TenantContext, { body, headers }: TenantRequest): Promise<TenantReply> {
  const authenticated = await authenticateClient(context, body, headers.authorization);
  requireGrantAllowed(authenticated, DEVICE_GRANT, true);
  const { client } = authenticated;
  requireNoOrganization(client, body);
  const scope = parseScope(body.raw('scope')) ?? [];
  const asked = body.text('audience');
  const api = findUserApi(context, asked, () =>
    oauthError(403, 'access_denied', `Service not found: ${asked}`, { hint: 'unknown_audience' }),
  );
  if (api) requireUserAccess(context, client, api);
  const about = { client_id: client.client_id, scope, audience: api?.identifier };
  const { deviceCode, userCode } = startDevice(context, about);
  // Over http a browser shows no certificate warning.
  const verification_uri = `${context.origin}${ACTIVATE_PATH}`;
  return {
    body: {
      device_code: deviceCode,
      user_code: userCode,
      verification_uri,
      expires_in: DEVICE_LIFETIME_S,
      interval: POLL_INTERVAL_S,
      verification_uri_complete: `${verification_uri}?${new URLSearchParams({ user_code: userCode }).toString()}`,
    },
    headers: { 'cache-control': 'no-store' },
  };
}

function recordFailure(
  { state, log }: TenantContext,
  { body, headers, ip }: TenantRequest,
  { message, options }: WireError,
): void {
  const asked = body.raw('client_id');
  const client = typeof asked === 'string' ? state.clients.get(asked) : undefined;
  log.record({
    type: options.logType ?? 'fdeaz',
    description: message,
    client_id: client?.client_id,
    client_name: client?.name,
    ip,
    user_agent: headers['user-agent'],
  });
}
