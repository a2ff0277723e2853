import type { TenantContext } from '../context.ts';
import { PROOF_ALGORITHMS, verifyProof } from '../dpop/verify-proof.ts';
import { requireRate } from '../limits/require-rate.ts';
import { oauthError, WireError } from '../wire/errors.ts';
import type { Endpoint, TenantRequest } from '../wire/row.ts';
import { findGrantee } from './find-grantee.ts';
import { userClaims } from './user-claims.ts';

const PATH = '/userinfo';

const unauthorized = (
  challenge = 'Bearer realm="Users", error="invalid_token", error_description="The access token is missing, malformed, expired, or not for this endpoint"',
  options: WireError['options'] = {},
) =>
  new WireError(401, 'Unauthorized', 'Unauthorized', {
    ...options,
    headers: { ...options.headers, 'www-authenticate': challenge },
  });

const unproven = (error: string, options?: WireError['options']) =>
  unauthorized(`DPoP realm="Users", error="${error}", algs="${PROOF_ALGORITHMS.join(' ')}"`, options);

/** GET and POST /userinfo (OpenID Connect Core §5.3): accepts opaque tokens, and API tokens with `openid`. */
export const userinfoEndpoints = (context: TenantContext): Endpoint[] => {
  const handleAs = (method: 'GET' | 'POST') => async (request: TenantRequest) => {
    const { token, scheme } = readToken(request);
    const grantee = await findGrantee(context, token);
    if (!grantee) throw unauthorized();
    if (grantee.jkt !== undefined || scheme === 'dpop')
      await requireProof(context, request, { method, token, scheme, jkt: grantee.jkt });
    const rate = requireRate(context, 'userinfo', grantee.userId, { userId: grantee.userId });
    const user = context.state.users.get(grantee.userId);
    if (!user || user.blocked === true || !grantee.scope.includes('openid')) throw unauthorized();
    return {
      body: { sub: user.user_id, ...userClaims(user, grantee.scope) },
      headers: { ...rate, 'cache-control': 'no-store' },
    };
  };
  return [
    { method: 'GET', path: PATH, forBrowsers: true, listedAs: 'userinfo_endpoint', handle: handleAs('GET') },
    { method: 'POST', path: PATH, forBrowsers: true, handle: handleAs('POST') },
  ];
};

interface Presented {
  readonly token: string;
  readonly scheme: 'bearer' | 'dpop';
}

/** One of header, body and query carries the token (RFC 6750 §2). Throws 400 for several, 401 for none. */
function readToken({ headers, body, query }: TenantRequest): Presented {
  const [, scheme, inHeader] = /^(bearer|dpop) +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
  const inUrl = query.get('access_token') ?? undefined;
  const sent = [inHeader, body.text('access_token'), inUrl].filter((token) => token !== undefined);
  const [token] = sent;
  if (token === undefined) throw unauthorized();
  if (sent.length > 1)
    throw oauthError(400, 'invalid_request', 'The access token is sent in more than one way. Send it once.');
  return { token, scheme: scheme?.toLowerCase() === 'dpop' ? 'dpop' : 'bearer' };
}

/** A bound token needs a proof of its key (RFC 9449 §7.1), and a bearer token may not use the DPoP scheme. */
async function requireProof(
  context: TenantContext,
  { headers }: TenantRequest,
  presented: Presented & { readonly method: string; readonly jkt: string | undefined },
): Promise<void> {
  const { method, token, scheme, jkt } = presented;
  if (scheme !== 'dpop' || jkt === undefined) throw unproven('invalid_token');
  const proven = await verifyProof(context, {
    headers,
    method,
    path: PATH,
    accessToken: token,
    nonceRequired: false,
  }).catch((error: unknown) => {
    if (error instanceof WireError) throw unproven('invalid_dpop_proof', { hint: error.options.hint });
    throw error;
  });
  if (proven !== jkt) throw unproven('invalid_dpop_proof', { hint: 'dpop_proof' });
}
