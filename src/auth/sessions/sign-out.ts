import type { Origins } from '../../browser/origins.ts';
import type { ReturnUrls } from '../../browser/return-url.ts';
import { GatewayError } from '../../errors.ts';
import type { RequestInfo } from '../../http/route.ts';
import { createKeyedHash } from '../../lib/keyed-hash.ts';
import { createSealer, type Sealer } from '../../lib/sealed.ts';
import type { Limiter } from '../../limits/rate-limit.ts';
import type { Session, Sessions } from '../../session/session.ts';
import { requireTokenMode } from '../sign-in-mode.ts';
import type { SignOutBody } from './session-schemas.ts';

export interface SignOutDeps {
  readonly sessions: Pick<Sessions, 'read' | 'end'>;
  readonly origins: Origins;
  readonly returnUrls: ReturnUrls;
  /** Seals where a browser goes after the tenant's logout: the tenant hands it back unread. */
  readonly sealer: Sealer;
  /** Hashes of a session's id under each of our secrets, the first one's first. */
  readonly toSids: (sessionId: string) => readonly string[];
  readonly toTenantLogoutUrl: (returnTo: string, options: { readonly isFederated: boolean }) => string;
  /** By address: of refresh tokens to end, which anybody may send. */
  readonly limit: Limiter;
  /** In the background. */
  readonly revokeLater: (refreshToken: string) => void;
  readonly publicUrl: string;
}

export interface SignOutOptions extends Omit<SignOutDeps, 'sealer' | 'toSids'> {
  readonly secrets: readonly string[];
}

export function createSignOut({ secrets, ...deps }: SignOutOptions): SignOutDeps {
  const hashes = secrets.map((secret) => createKeyedHash(secret, 'sign-out sid'));
  return {
    ...deps,
    sealer: createSealer(secrets, 'signed out'),
    toSids: (sessionId) => hashes.map((toHash) => toHash(sessionId)),
  };
}

const SIGNOUT_PATH = '/v1/auth/signout';
const SIGNED_OUT_PATH = '/v1/auth/signed-out';

/** Where a browser navigates to sign out of a session; a foreign page cannot know it. */
export const toSignOutPath = ({ toSids }: Pick<SignOutDeps, 'toSids'>, { id }: Session): string =>
  `${SIGNOUT_PATH}?sid=${toSids(id)[0] ?? ''}`;

/** A sign-in by redirect left a session at the tenant's pages; one by password did not. */
const hasTenantSession = ({ method }: Session): boolean => method === 'redirect' || method === 'code';

/** What is not an address of ours or a listed one counts as not given: signing out never fails. */
const toReturnUrl = ({ returnUrls }: SignOutDeps, asked: string | undefined): string =>
  (asked === undefined ? undefined : returnUrls.toReturnUrl(asked)) ?? returnUrls.fallback;

function toTenantUrl(deps: SignOutDeps, returnTo: string | undefined, isFederated: boolean): string {
  const to = deps.sealer.seal(toReturnUrl(deps, returnTo));
  return deps.toTenantLogoutUrl(`${deps.publicUrl}${SIGNED_OUT_PATH}?to=${to}`, { isFederated });
}

/** What ended; `signOutUrl` is null where the tenant has no session to end. Undefined where nobody was signed in. */
export type SignedOut = { readonly session: Session; readonly signOutUrl: string | null } | undefined;

/**
 * Ends the session of a request, or a refresh token of a token-mode caller; the tenant hears of it in the background.
 * @throws GatewayError `token_mode_refused`, `rate_limited`, `store_unavailable`
 */
export async function signOut(
  deps: SignOutDeps,
  input: SignOutBody,
  request: RequestInfo,
): Promise<SignedOut> {
  const { refresh_token: refreshToken, return_to: returnTo, federated = false } = input;
  if (refreshToken !== undefined) {
    requireTokenMode(deps.origins, request.headers);
    await deps.limit.charge(request.ip);
    deps.revokeLater(refreshToken);
    return undefined;
  }
  const session = await deps.sessions.end(request.headers);
  if (!session) return undefined;
  return { session, signOutUrl: hasTenantSession(session) ? toTenantUrl(deps, returnTo, federated) : null };
}

/**
 * Ends the session of a navigation that names it, and says where the browser goes next: to the tenant's logout and back.
 * @throws GatewayError `invalid_sid` where there is a session and another is named, or none
 */
export async function signOutByLink(
  deps: SignOutDeps,
  query: { readonly sid?: string | undefined; readonly return_to?: string | undefined },
  request: RequestInfo,
): Promise<{ readonly location: string; readonly session: Session | undefined }> {
  const session = await deps.sessions.read(request.headers, { touch: false });
  if (session && !(query.sid !== undefined && deps.toSids(session.id).includes(query.sid)))
    throw new GatewayError('invalid_sid');
  if (session) await deps.sessions.end(request.headers);
  const isLocal = session !== undefined && !hasTenantSession(session);
  const location = isLocal ? toReturnUrl(deps, query.return_to) : toTenantUrl(deps, query.return_to, false);
  return { location, session };
}

/** Where a browser goes when the tenant sends it back; checked again, since what is allowed may have changed. */
export function toSignedOutLocation(deps: SignOutDeps, to: string | undefined): string {
  const opened = to === undefined ? undefined : deps.sealer.open(to);
  return toReturnUrl(deps, typeof opened === 'string' ? opened : undefined);
}
