import { authenticateClient } from '../clients/authenticate-client.ts';
import { callerIp } from '../clients/caller-ip.ts';
import { requireGrantAllowed } from '../clients/require-grant-allowed.ts';
import type { TenantContext } from '../context.ts';
import { currentNonce } from '../dpop/nonces.ts';
import { verifyProof } from '../dpop/verify-proof.ts';
import type { Client } from '../state/settings-documents.ts';
import { oauthError, WireError } from '../wire/errors.ts';
import { HINTS } from '../wire/hints.ts';
import type { Endpoint, TenantRequest } from '../wire/row.ts';
import type { Grant } from './grant.ts';
import { GRANTS } from './grants.ts';

const NO_STORE = { 'cache-control': 'no-store', pragma: 'no-cache' };

/** POST /oauth/token (RFC 6749 §3.2): form or JSON. */
export const tokenEndpoint = (context: TenantContext): Endpoint => ({
  method: 'POST',
  path: '/oauth/token',
  listedAs: 'token_endpoint',
  forBrowsers: true,
  async handle(request) {
    const type = request.body.required('grant_type');
    const grant = GRANTS.get(type);
    if (!grant) throw oauthError(403, 'unsupported_grant_type', `Unsupported grant type: ${type}`);
    const {
      reply,
      headers,
      log,
      success = grant.success,
    } = await exchangeLogged(context, request, type, grant);
    if (success !== undefined) context.log.record({ type: success, ...log });
    return { body: reply, headers };
  },
});

/** Authenticates the client and exchanges the grant; logs an error with the grant's failure code. */
async function exchangeLogged(context: TenantContext, request: TenantRequest, type: string, grant: Grant) {
  let { ip } = request;
  let client: Client | undefined;
  const about = () => ({
    client_id: client?.client_id,
    client_name: client?.name,
    ip,
    ...(ip !== request.ip && { client_ip: request.ip }),
    user_agent: request.headers['user-agent'],
  });
  try {
    const authenticated = await authenticateClient(context, request.body, request.headers.authorization);
    ({ client } = authenticated);
    ip = callerIp(authenticated, request.headers['auth0-forwarded-for'], ip);
    requireGrantAllowed(authenticated, type, grant.publicClients);
    const jkt = await verifyProof(context, {
      headers: request.headers,
      method: 'POST',
      path: '/oauth/token',
      nonceRequired: !authenticated.proven,
    });
    const { reply, success, log, hint } = await grant.exchange(context, {
      client,
      body: request.body,
      jkt,
      ip,
      userAgent: request.headers['user-agent'],
    });
    const headers = {
      ...NO_STORE,
      ...(jkt !== undefined && !authenticated.proven && { 'dpop-nonce': currentNonce(context) }),
      ...(hint && { 'x-tenant-hint': HINTS[hint] }),
    };
    return { reply, headers, success, log: { ...about(), ...log } };
  } catch (error) {
    if (error instanceof WireError) {
      const { logType = grant.failure, userId } = error.options;
      context.log.record({ type: logType, description: error.message, user_id: userId, ...about() });
    }
    throw error;
  }
}
