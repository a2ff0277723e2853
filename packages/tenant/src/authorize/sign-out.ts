import type { TenantContext } from '../context.ts';
import { messagePage } from '../pages/message-page.ts';
import { clearSessionCookies, readSession } from '../sessions/browser-session.ts';
import { endSession } from '../sessions/end-session.ts';
import type { Client } from '../state/settings-documents.ts';
import type { TenantReply, TenantRequest } from '../wire/row.ts';
import { redirectTo, withCookies } from './authorization-response.ts';
import { consoleSettingOf } from './console-setting.ts';
import { PageError } from './page-error.ts';
import { record } from './record.ts';
import { unknownClient } from './require-callback.ts';

/** Ends the browser's sessions, if there are any, and redirects to `target` or shows a "signed out" page. */
export function signOut(
  context: TenantContext,
  request: TenantRequest,
  { client, target }: { readonly client: Client | undefined; readonly target: string | undefined },
): TenantReply {
  // Over https a browser can have a session of each scheme.
  for (let session = readSession(context, request); session; session = readSession(context, request)) {
    endSession(context, session, 'rp-logout');
    const { user_id, connection, sid } = session;
    record(context, request, client, { type: 'slo', user_id, connection, details: { session_id: sid } });
  }
  const cookies = clearSessionCookies(request.scheme);
  if (target !== undefined) return redirectTo(new URL(target).href, cookies);
  const page = messagePage({ tone: 'done', heading: 'Signed out', text: 'You have been signed out.' });
  return withCookies(page, cookies);
}

/**
 * The client that requests a logout, by `client_id`. Throws an error page if it does not exist or may not request one.
 */
export function findLogoutClient(
  deps: Pick<TenantContext, 'state' | 'linksToConsole'>,
  clientId: string | undefined,
): Client | undefined {
  if (clientId === undefined) return undefined;
  const client = deps.state.clients.get(clientId);
  if (!client) throw unknownClient(deps, clientId);
  if (client.third_party_security_mode === 'strict')
    throw new PageError(400, {
      error: 'invalid_request',
      description: 'Logout is not available for this application',
      hint: 'third_party_logout',
    });
  return client;
}

/** The logout URLs that apply: the client's or, without a client, the tenant's. */
export const logoutUrlsFor = (
  { state }: Pick<TenantContext, 'state'>,
  client: Client | undefined,
): readonly string[] => client?.allowed_logout_urls ?? state.settings.get()?.allowed_logout_urls ?? [];

/** The default logout URL of a client. */
export const firstLogoutUrl = (client: Client | undefined): string | undefined => {
  const first = client?.allowed_logout_urls[0];
  return first !== undefined && !first.includes('*') && URL.canParse(first) ? first : undefined;
};

/** The error of a logout URL that is not registered for the client or, without one, for the tenant. */
export const logoutUrlRefused = (
  deps: Pick<TenantContext, 'linksToConsole'>,
  client: Client | undefined,
  parameter: string,
  url: string,
) =>
  new PageError(400, {
    error: 'invalid_request',
    description: `The ${parameter} ${JSON.stringify(url)} is not in the list of allowed logout URLs.`,
    hint: 'logout_url',
    url,
    setting: consoleSettingOf(deps, 'logout_url', client),
  });
