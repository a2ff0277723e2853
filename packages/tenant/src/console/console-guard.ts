import { createControlGuard, createTokenGuard } from '../control/control-guard.ts';
import { refuse } from '../control/refuse.ts';
import { type Access, isKnownHost, isLoopbackPeer } from '../transport/access.ts';
import { type Middleware, schemeOf } from '../transport/host-guard.ts';

/**
 * The control API's guards. The console shows secrets and sets passwords, so callers on loopback must use a loopback
 * name or the domain too.
 */
export function createConsoleGuard(access: Access): Middleware[] {
  const refuseOtherSites = createControlGuard(access);
  return [
    createTokenGuard(access),
    (request, response, next) => {
      const host = request.headers.host?.toLowerCase() ?? '';
      if (!isLoopbackPeer(request) || isKnownHost(host, access, schemeOf(request))) next();
      else
        refuse(
          response,
          403,
          'forbidden_host',
          'The console accepts only loopback and the domain of the tenant.',
        );
    },
    (request, response, next) => {
      if (isLinkToOverview(request)) next();
      else refuseOtherSites(request, response, next);
    },
  ];
}

/**
 * Whether a person follows a link to the overview on a page of another port of this host, such as an application's. A frame, a
 * script and a form cannot send these headers together (Fetch Metadata).
 */
const isLinkToOverview = ({ method, url, headers }: Parameters<Middleware>[0]): boolean =>
  method === 'GET' &&
  url === '/' &&
  headers.origin === undefined &&
  headers['sec-fetch-site'] === 'same-site' &&
  headers['sec-fetch-mode'] === 'navigate' &&
  headers['sec-fetch-dest'] === 'document';

/**
 * Requires the Origin header that every browser sends with a POST; the control guard has already checked its value.
 * Forms cannot be JSON, as changes at `/_tenant` must be; the form token takes that protection's place.
 */
export const requireFormOrigin: Middleware = (request, response, next) => {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (request.headers.origin === undefined)
    refuse(response, 403, 'forbidden_origin', 'The Origin header is missing.');
  else if (type !== 'application/x-www-form-urlencoded')
    refuse(response, 415, 'unsupported_media_type', 'The console accepts only its own forms.');
  else next();
};
