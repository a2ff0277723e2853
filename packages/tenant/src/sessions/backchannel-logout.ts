import { randomUUID } from 'node:crypto';
import type { TenantContext } from '../context.ts';
import { nowS } from '../lib/clock.ts';
import { randomHex } from '../lib/random.ts';
import type { BrowserSession } from '../state/browser-documents.ts';
import type { Client } from '../state/settings-documents.ts';
import { signJwt } from '../tokens/sign-jwt.ts';

/** The event that ended a session; clients choose which events they are notified of. */
export type LogoutInitiator = 'rp-logout' | 'session-revoked' | 'password-changed';

const DEFAULT_INITIATORS = ['rp-logout', 'idp-logout'];
const LIFETIME_S = 120;
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];

/** The back-channel logout URLs of a client. */
export const logoutUrlsOf = ({ oidc_logout }: Client): string[] =>
  textsOf(oidc_logout?.backchannel_logout_urls).filter(
    (url) => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol),
  );

function isConfiguredFor({ oidc_logout }: Client, initiator: LogoutInitiator): boolean {
  const chosen = oidc_logout?.backchannel_logout_initiators;
  if (typeof chosen !== 'object' || chosen === null) return DEFAULT_INITIATORS.includes(initiator);
  return (
    Reflect.get(chosen, 'mode') === 'all' ||
    textsOf(Reflect.get(chosen, 'selected_initiators')).includes(initiator)
  );
}

/** A logout token (OpenID Connect Back-Channel Logout 1.0 §2.4), valid for two minutes. */
export function makeLogoutToken(
  { clock, keys, issuer }: Pick<TenantContext, 'clock' | 'keys' | 'issuer'>,
  client: Client,
  about: { readonly user_id: string; readonly sid?: string | undefined },
): Promise<string> {
  const iat = nowS(clock);
  const claims = {
    iss: issuer,
    sub: about.user_id,
    aud: client.client_id,
    iat,
    exp: iat + LIFETIME_S,
    jti: randomUUID(),
    events: { [EVENT]: {} },
    trace_id: randomHex(8),
    ...(about.sid !== undefined && { sid: about.sid }),
  };
  return signJwt(keys, claims, { alg: 'RS256' });
}

/** Notifies a client in the background that a session has ended, if it is configured for this event. */
export function notifyClient(
  context: Pick<TenantContext, 'clock' | 'keys' | 'issuer' | 'callBack'>,
  client: Client,
  session: Pick<BrowserSession, 'user_id' | 'sid'>,
  initiator: LogoutInitiator,
): void {
  const urls = logoutUrlsOf(client);
  if (urls.length === 0 || !isConfiguredFor(client, initiator)) return;
  for (const url of urls) {
    context.callBack.later(url, async () => ({
      logout_token: await makeLogoutToken(context, client, session),
    }));
  }
}
