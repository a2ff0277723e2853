import { withCookies } from '../authorize/authorization-response.ts';
import { browserEndpoint } from '../authorize/browser-endpoint.ts';
import { continueLogin } from '../authorize/continue-login.ts';
import { beginTransaction } from '../authorize/login-transaction.ts';
import { PageError } from '../authorize/page-error.ts';
import { type KnownCallback, parseAuthorizeRequest } from '../authorize/parse-authorize-request.ts';
import { Refusal } from '../authorize/refusal.ts';
import { guessTarget, refuse } from '../authorize/refuse.ts';
import { requireCallback } from '../authorize/require-callback.ts';
import type { TenantContext } from '../context.ts';
import type { AuthorizeRequest } from '../state/browser-documents.ts';
import { WireError } from '../wire/errors.ts';
import type { Endpoint, TenantReply, TenantRequest } from '../wire/row.ts';
import { VERIFY_REDIRECT_PATH } from './magic-link.ts';
import { findPasswordless } from './passwordless-connection.ts';
import { signInWithCode } from './sign-in-with-code.ts';

/**
 * GET /passwordless/verify_redirect: the target of a magic link. It is an authorize request that carries its own
 * sign-in.
 */
export const verifyRedirectEndpoint = (context: TenantContext): Endpoint =>
  browserEndpoint({
    method: 'GET',
    path: VERIFY_REDIRECT_PATH,
    handle(request) {
      const parameters = toAuthorizeParameters(request.query);
      const known = requireCallback(context, parameters);
      try {
        return follow(context, request, known, parseAuthorizeRequest(context, known, parameters));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return refuse(context, known.client, guessTarget(known, parameters), error);
      }
    },
  });

/** The authorize request of the link; absent parameters take their defaults. */
function toAuthorizeParameters(query: URLSearchParams): URLSearchParams {
  const parameters = new URLSearchParams(query);
  for (const own of ['email', 'verification_code']) parameters.delete(own);
  for (const [name, value] of [
    ['response_type', 'code'],
    ['scope', 'openid'],
  ] as const)
    if (!parameters.has(name)) parameters.set(name, value);
  return parameters;
}

async function follow(
  context: TenantContext,
  request: TenantRequest,
  { client }: KnownCallback,
  asked: AuthorizeRequest,
): Promise<TenantReply> {
  const { query, ip, headers } = request;
  const connection = findPasswordless(context, client, asked.connection ?? '', asked.organization);
  if (!connection)
    throw new PageError(400, { error: 'invalid_request', description: 'the connection is not enabled' });
  const identifier = query.get('email') ?? '';
  const code = query.get('verification_code') ?? '';
  const { client_id, name: client_name } = client;
  try {
    const { user_id } = signInWithCode(context, { connection, identifier, code, holder: client_id, ip });
    const { transaction, cookie } = beginTransaction(context, { request: asked, amr: [], fresh: false });
    const proven = { userId: user_id, connection: connection.name, amr: [connection.strategy] };
    const reply = await continueLogin(context, request, transaction.id, proven);
    return withCookies(reply, [cookie, ...[reply.headers?.['set-cookie'] ?? []].flat()]);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const about = { client_id, client_name, connection: connection.name, user_name: identifier };
    const { logType = 'f' } = error.options;
    const user_agent = headers['user-agent'];
    context.log.record({ type: logType, description: error.message, ...about, ip, user_agent });
    throw error;
  }
}
