import { decodeProtectedHeader, jwtVerify } from 'jose';
import type { TenantContext } from '../context.ts';
import { WireError } from '../errors.ts';
import { digest } from '../random.ts';
import { userClaims } from '../users/user-claims.ts';
import type { Endpoint, TenantRequest } from './endpoint.ts';

interface Grantee {
  readonly userId: string;
  readonly scope: readonly string[];
}

const challenge =
  'Bearer realm="Users", error="invalid_token", error_description="The access token is missing, malformed, expired, or not for this endpoint"';
const unauthorized = () =>
  new WireError(401, 'Unauthorized', 'Unauthorized', { headers: { 'www-authenticate': challenge } });

/** GET and POST /userinfo (OpenID Connect Core §5.3): for opaque tokens, and for API tokens with `openid`. */
export const userinfoEndpoints = (context: TenantContext): Endpoint[] => {
  const handle = async (request: TenantRequest) => {
    const { userId, scope } = await requireGrantee(context, readBearer(request));
    const user = context.state.users.get(userId);
    if (!user || user.blocked === true || !scope.includes('openid')) throw unauthorized();
    return {
      body: { sub: user.user_id, ...userClaims(user, scope) },
      headers: { 'cache-control': 'no-store' },
    };
  };
  return [
    { method: 'GET', path: '/userinfo', listedAs: 'userinfo_endpoint', handle },
    { method: 'POST', path: '/userinfo', handle },
  ];
};

function readBearer({ headers, body }: TenantRequest): string {
  const inHeader = /^bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  const token = inHeader ?? body.text('access_token');
  if (token === undefined) throw unauthorized();
  return token;
}

async function requireGrantee(context: TenantContext, token: string): Promise<Grantee> {
  const opaque = context.state.opaqueTokens.get(digest(token));
  if (opaque) {
    if (opaque.expires_ms <= context.clock.now()) throw unauthorized();
    return { userId: opaque.user_id, scope: opaque.scope };
  }
  return verifyApiToken(context, token);
}

async function verifyApiToken({ keys, clock, issuer }: TenantContext, token: string): Promise<Grantee> {
  try {
    const key = keys.find(decodeProtectedHeader(token).kid ?? '');
    if (!key) throw unauthorized();
    const { payload } = await jwtVerify(token, key.publicKey, {
      issuer,
      audience: `${issuer}userinfo`,
      algorithms: ['RS256'],
      currentDate: new Date(clock.now()),
      requiredClaims: ['exp', 'sub', 'scope'],
    });
    return { userId: payload.sub ?? '', scope: String(payload.scope).split(' ') };
  } catch {
    throw unauthorized();
  }
}
