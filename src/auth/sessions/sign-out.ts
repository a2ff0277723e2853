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
  /** Seals the return URL, which passes through the tenant's logout. */
  readonly sealer: Sealer;
  /** Hashes of a session id under each secret, in the order of the secrets. */
  readonly toSids: (sessionId: string) => readonly string[];
  readonly toTenantLogoutUrl: (returnTo: string, options: { readonly isFederated: boolean }) => string;
  /** Limits revocations of refresh tokens per address: they need no other authentication. */
  readonly limit: Limiter;
  /** Revokes in the background. */
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

/** The URL at which a browser signs out of a session; a page of another site cannot know its `sid`. */
export const toSignOutPath = ({ toSids }: Pick<SignOutDeps, 'toSids'>, { id }: Session): string =>
  `${SIGNOUT_PATH}?sid=${toSids(id)[0] ?? ''}`;

/** A redirect sign-in leaves a session at the tenant; a password sign-in does not. */
const hasTenantSession = ({ method }: Session): boolean => method === 'redirect' || method === 'code';

/** The allowed return URL, or the fallback: a sign-out never fails because of its return URL. */
const toReturnUrl = ({ returnUrls }: SignOutDeps, requested: string | undefined): string =>
  (requested === undefined ? undefined : returnUrls.toReturnUrl(requested)) ?? returnUrls.fallback;

function toTenantUrl(deps: SignOutDeps, returnTo: string | undefined, isFederated: boolean): string {
  const to = deps.sealer.seal(toReturnUrl(deps, returnTo));
  return deps.toTenantLogoutUrl(`${deps.publicUrl}${SIGNED_OUT_PATH}?to=${to}`, { isFederated });
}

/** The ended session, undefined if there was none. `signOutUrl` is null without a session at the tenant. */
export type SignedOut = { readonly session: Session; readonly signOutUrl: string | null } | undefined;

/**
 * Ends the session of a request, or revokes the refresh token of a token-mode caller. The call of the tenant runs in the
 * background.
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
 * Ends the session that a navigation names by `sid`; returns the URL of the tenant's logout, which leads back.
 * @throws GatewayError `invalid_sid` if `sid` is missing or names another session
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

/** The return URL after the tenant's logout. Checked again, since the allowed origins may have changed. */
export function toSignedOutLocation(deps: SignOutDeps, to: string | undefined): string {
  const opened = to === undefined ? undefined : deps.sealer.open(to);
  return toReturnUrl(deps, typeof opened === 'string' ? opened : undefined);
}
