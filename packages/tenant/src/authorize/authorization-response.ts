import type { TenantContext } from '../context.ts';
import { formPostPage } from '../pages/form-post-page.ts';
import { webMessagePage } from '../pages/web-message-page.ts';
import type { AuthorizeRequest } from '../state/browser-documents.ts';
import type { TenantReply } from '../wire/row.ts';
import { redirectTargets } from './redirect-targets.ts';

/** Where and how a response reaches the client. */
export type ResponseTarget = Pick<AuthorizeRequest, 'client_id' | 'redirect_uri' | 'response_mode' | 'state'>;

type ResponseParameters = Readonly<Record<string, string | number | undefined>>;

/** The /authorize response to the client, success or error, in the requested response mode. */
export function toAuthorizationResponse(
  context: Pick<TenantContext, 'state' | 'issuer' | 'redirectOrigins'>,
  target: ResponseTarget,
  parameters: ResponseParameters,
): TenantReply {
  const { state, issuer } = context;
  const { client_id, redirect_uri, response_mode } = target;
  const withIss = state.settings.get()?.authorization_response_iss_parameter_supported === true;
  const response = Object.fromEntries(
    Object.entries({ ...parameters, state: target.state, iss: withIss ? issuer : undefined }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  if (response_mode === 'web_message')
    return webMessagePage({ targetOrigin: new URL(redirect_uri).origin, response });
  const texts = Object.entries(response).map(([name, value]): [string, string] => [name, String(value)]);
  if (response_mode === 'form_post') {
    const redirectsTo = redirectTargets(context, client_id, redirect_uri);
    return formPostPage({ redirectUri: redirect_uri, redirectsTo, parameters: Object.fromEntries(texts) });
  }
  const mark = response_mode === 'fragment' ? '#' : redirect_uri.includes('?') ? '&' : '?';
  return redirectTo(`${redirect_uri}${mark}${new URLSearchParams(texts).toString()}`);
}

/** A redirect that the browser follows with GET, whatever method it used before. */
export const redirectTo = (location: string, cookies: readonly string[] = []): TenantReply =>
  withCookies({ status: 302, body: '', headers: { location, 'cache-control': 'no-store' } }, cookies);

export const withCookies = (reply: TenantReply, cookies: readonly string[]): TenantReply =>
  cookies.length === 0 ? reply : { ...reply, headers: { ...reply.headers, 'set-cookie': [...cookies] } };
