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
   * Begins the transaction that the link completes, in the browser that receives the cookies.
   * @throws GatewayError `invalid_return_to`
   */
  readonly startLink: (
    returnTo: string | undefined,
    headers: RequestInfo['headers'],
  ) => { readonly link: LinkParameters; readonly cookies: readonly string[] };
}

/**
 * Sends a code or a link to an address. The response is the same whether or not anything was sent.
 * @throws GatewayError `invalid_return_to`, `rate_limited`, `csrf_failed`, `cross_site_session`
 */
export async function startPasswordless(
  { auth0, codes, startLink }: StartPasswordlessDeps,
  body: StartBody,
  { headers, ip }: RequestInfo,
): Promise<Reply> {
  const to = toAddress(body);
  const isLink = body.send === 'link';
  // A cross-site page cannot store the SameSite=Lax cookie that the link needs.
  if (isLink && headers['sec-fetch-site'] === 'cross-site') throw new GatewayError('cross_site_session');
  const started = isLink ? startLink(body.return_to, headers) : undefined;
  const { headers: limits } = await codes.send(toAccountName(to), ip, () =>
    auth0.start(to, started?.link, ip),
  );
  return { status: 202, headers: limits, ...(started && { cookies: started.cookies }) };
}
