import type { LinkParameters, Passwordless } from '../../auth0/passwordless.ts';
import { GatewayError } from '../../errors.ts';
import type { Reply, RequestInfo } from '../../http/route.ts';
import type { CodeLimits } from '../code-limits.ts';
import { type StartBody, toAddress } from './passwordless-schemas.ts';
import { toAccountName } from './verify-passwordless.ts';

export interface StartPasswordlessDeps {
  readonly auth0: Pick<Passwordless, 'start'>;
  readonly codes: Pick<CodeLimits, 'send'>;
  /**
   * Begins what a link ends, in the browser that gets the cookies.
   * @throws GatewayError `invalid_return_to`
   */
  readonly startLink: (
    returnTo: string | undefined,
    headers: RequestInfo['headers'],
  ) => { readonly link: LinkParameters; readonly cookies: readonly string[] };
}

/**
 * Has a code or a link sent to an address. The answer is the same for every address, whether anything was sent or not.
 * @throws GatewayError `invalid_return_to`, `rate_limited`, `csrf_failed`, `cross_site_session`
 */
export async function startPasswordless(
  { auth0, codes, startLink }: StartPasswordlessDeps,
  body: StartBody,
  { headers, ip }: RequestInfo,
): Promise<Reply> {
  const to = toAddress(body);
  const isLink = body.send === 'link';
  // The browser would drop the cookie that the link needs, which is SameSite=Lax.
  if (isLink && headers['sec-fetch-site'] === 'cross-site') throw new GatewayError('cross_site_session');
  const started = isLink ? startLink(body.return_to, headers) : undefined;
  const { headers: limits } = await codes.send(toAccountName(to), ip, () =>
    auth0.start(to, started?.link, ip),
  );
  return { status: 202, headers: limits, ...(started && { cookies: started.cookies }) };
}
