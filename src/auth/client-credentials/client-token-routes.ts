import { z } from 'zod';
import { GatewayError } from '../../errors.ts';
import { defineRoute, type RequestInfo, type Route } from '../../http/route.ts';
import type { AddressLimit } from '../../limits/address-limit.ts';
import type { Audit } from '../../observe/audit.ts';
import { tokenReply } from '../../session/signed-in-reply.ts';
import { chargeAddress } from '../charge-address.ts';
import type { IssueClientToken } from './client-token.ts';

/** RFC 6749 appendix A: printable ASCII. */
const field = z
  .string()
  .min(1)
  .max(2000)
  .regex(/^[\x20-\x7e]+$/, 'must be printable ASCII (RFC 6749 appendix A)');

/** Unknown parameters are ignored (RFC 6749 §3.2); a repeated parameter is refused. */
const clientTokenBody = z
  .object({
    grant_type: field,
    client_id: field.optional(),
    client_secret: field.optional(),
    audience: field.optional(),
    scope: field.optional(),
  })
  .meta({
    id: 'gatehouse.ClientTokenRequest',
    example: {
      grant_type: 'client_credentials',
      client_id: 'gift-deliveries',
      client_secret: 'the secret of this client',
    },
  });
type ClientTokenBody = z.output<typeof clientTokenBody>;

interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

const BASIC_PATTERN = /^Basic +([A-Za-z0-9+/]+={0,2})$/i;
const CHALLENGE = { 'WWW-Authenticate': 'Basic realm="gatehouse", charset="UTF-8"' };

const formDecode = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));

/** Client id and secret of a Basic header; each is form-encoded (RFC 6749 §2.3.1). */
function parseBasic(authorization: string): Credentials {
  const encoded = BASIC_PATTERN.exec(authorization)?.[1];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  try {
    if (colon > 0)
      return { clientId: formDecode(text.slice(0, colon)), clientSecret: formDecode(text.slice(colon + 1)) };
  } catch {
    // Not form-encoded: refused below like every other malformed header.
  }
  throw new GatewayError('invalid_client', { headers: CHALLENGE, reason: 'basic' });
}

function toCredentials(body: ClientTokenBody, { headers }: RequestInfo): Credentials {
  const { client_id: clientId, client_secret: clientSecret } = body;
  if (headers.authorization !== undefined) {
    const credentials = parseBasic(headers.authorization);
    // RFC 6749 §2.3: one authentication method per request.
    if (clientSecret === undefined && (clientId === undefined || clientId === credentials.clientId))
      return credentials;
    throw new GatewayError('invalid_request', { detail: 'Authenticate the client in one way only.' });
  }
  if (clientId === undefined || clientSecret === undefined)
    throw new GatewayError('invalid_client', { reason: 'missing' });
  return { clientId, clientSecret };
}

export interface ClientTokenRouteDeps {
  readonly issue: IssueClientToken;
  /** The first is the default. */
  readonly audiences: readonly string[];
  readonly audit: Audit;
  /** Limits the failures of an address. */
  readonly limit: AddressLimit;
}

/** `POST /v1/oauth/token`: the client credentials grant, so that API clients need only the gateway's host. */
export function clientTokenRoutes({ issue, audiences, audit, limit }: ClientTokenRouteDeps): Route[] {
  function recordFailure(
    { id: requestId, ip }: RequestInfo,
    clientId: string | undefined,
    error: unknown,
  ): void {
    const reason = error instanceof GatewayError ? error.code : 'internal';
    // Log a hash of the id of an unauthenticated client: it may be a secret pasted into the wrong field.
    audit({ event: 'auth.client_token', requestId, ip, outcome: 'failed', subject: clientId, reason });
  }

  async function answer(body: ClientTokenBody, request: RequestInfo) {
    if (body.grant_type !== 'client_credentials') throw new GatewayError('unsupported_grant_type');
    const credentials = toCredentials(body, request);
    try {
      const audience = body.audience ?? audiences[0] ?? '';
      if (!audiences.includes(audience)) throw new GatewayError('invalid_target');
      const { tokens, headers } = await issue({
        ...credentials,
        audience,
        scope: body.scope,
        ip: request.ip,
      });
      const { id: requestId, ip } = request;
      const { clientId } = credentials;
      audit({ event: 'auth.client_token', requestId, ip, outcome: 'succeeded', clientId });
      return { status: 200, body: tokens, headers: { ...headers, Pragma: 'no-cache' } };
    } catch (error) {
      recordFailure(request, credentials.clientId, error);
      // RFC 6749 §5.2: the challenge matches the scheme that the client used.
      const isBasic = request.headers.authorization !== undefined;
      if (!isBasic || !(error instanceof GatewayError) || error.code !== 'invalid_client') throw error;
      throw error.withHeaders(CHALLENGE);
    }
  }

  return [
    defineRoute({
      method: 'POST',
      path: '/v1/oauth/token',
      guard: 'public',
      operationId: 'issueClientToken',
      summary: 'Client credentials grant (RFC 6749 §4.4)',
      description:
        'A token is reused for ten minutes at most, until 60 s before it expires, or for half its life where it lives a minute or less; `expires_in` is the time left.',
      tag: 'Tokens',
      body: clientTokenBody,
      bodyTypes: ['form', 'json'],
      charge: chargeAddress(limit, (request, error) => recordFailure(request, undefined, error)),
      kind: 'oauth',
      responses: { 200: { description: 'An access token', schema: tokenReply, headers: ['RateLimit'] } },
      errors: [
        'unsupported_grant_type',
        'invalid_client',
        'unauthorized_client',
        'invalid_target',
        'invalid_scope',
        'invalid_request',
      ],
      handler: ({ body, request }) => answer(body, request),
    }),
  ];
}
