import { timingSafeEqual } from 'node:crypto';
import type { TenantContext } from '../context.ts';
import { digest } from '../lib/random.ts';
import type { Client } from '../state/settings-documents.ts';
import { missingParameter, unauthorizedClient } from '../wire/errors.ts';
import type { Parameters } from '../wire/parameters.ts';
import { ASSERTION_TYPE, claimedClient, requireAssertion } from './client-assertion.ts';
import { findClientById } from './metadata-client.ts';

export interface AuthenticatedClient {
  readonly client: Client;
  /** Whether it authenticated by a secret or a key; a public client only states its id. */
  readonly proven: boolean;
}

interface Claim {
  readonly id: string;
  readonly secret?: string | undefined;
  readonly assertion?: string | undefined;
}

/**
 * Authenticates the calling client: by `client_secret` in the body or HTTP Basic, by a signed assertion, or by id alone
 * for a public client. Throws 401 `access_denied` "Unauthorized" for every failure.
 */
export async function authenticateClient(
  context: TenantContext,
  parameters: Parameters,
  authorization: string | undefined,
): Promise<AuthenticatedClient> {
  const claim = readClaim(parameters, authorization);
  const client = findClientById(context.state, claim.id);
  if (!client) throw unauthorizedClient();
  switch (client.token_endpoint_auth_method) {
    case 'none':
      return { client, proven: false };
    case null:
      if (claim.assertion === undefined) throw unauthorizedClient('client_assertion');
      await requireAssertion(context, client, claim.assertion);
      return { client, proven: true };
    default:
      if (!isSame(claim.secret, client.client_secret)) throw unauthorizedClient();
      return { client, proven: true };
  }
}

function readClaim(parameters: Parameters, authorization: string | undefined): Claim {
  const named = parameters.text('client_id');
  const basic = readBasic(authorization);
  if (basic) {
    if (named !== undefined && named !== basic.id) throw unauthorizedClient();
    return basic;
  }
  const assertion = parameters.text('client_assertion');
  if (assertion !== undefined) {
    if (parameters.text('client_assertion_type') !== ASSERTION_TYPE)
      throw unauthorizedClient('client_assertion');
    const id = named ?? claimedClient(assertion);
    if (id === undefined) throw unauthorizedClient('client_assertion');
    return { id, assertion };
  }
  if (named === undefined) throw missingParameter('client_id');
  return { id: named, secret: parameters.text('client_secret') };
}

/** The credentials of HTTP Basic, form-decoded (RFC 6749 §2.3.1); undefined if there are none. */
function readBasic(authorization: string | undefined): Claim | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return undefined;
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString().split(':');
  return { id: formDecode(id), secret: formDecode(secret.join(':')) };
}

function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** Compares digests in constant time, so that neither length nor content leaks. */
const isSame = (given: string | undefined, expected: string): boolean =>
  given !== undefined && timingSafeEqual(Buffer.from(digest(given)), Buffer.from(digest(expected)));
