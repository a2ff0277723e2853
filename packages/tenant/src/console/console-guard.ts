import { createControlGuard } from '../control/control-guard.ts';
import { refuse } from '../control/refuse.ts';
import { isLoopback, type Middleware, schemeOf } from '../transport/host-guard.ts';

/**
 * Who may come to the console: whoever the control API lets in, by a name of loopback. It shows secrets and sets
 * passwords, so a demo network (`TENANT_ALLOW_REMOTE`) does not get it.
 */
export function createConsoleGuard(port: number): Middleware[] {
  const refuseOtherSites = createControlGuard();
  return [
    (request, response, next) => {
      const host = request.headers.host?.toLowerCase() ?? '';
      if (isLoopback(host, port, schemeOf(request))) next();
      else refuse(response, 403, 'forbidden_host', 'The console answers to loopback alone.');
    },
    (request, response, next) => {
      if (isLinkToOverview(request)) next();
      else refuseOtherSites(request, response, next);
    },
  ];
}

/**
 * Whether a person follows a link to the overview on a page of another port of this host, such as the gateway's. A frame, a
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
 * Lets a form through that says which origin it comes from; that it is ours the control guard has judged. Every browser
 * says so with a POST. Forms cannot be JSON, as changes at `/_tenant` have to: here the token in the form stands for that.
 */
export const requireFormOrigin: Middleware = (request, response, next) => {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (request.headers.origin === undefined)
    refuse(response, 403, 'forbidden_origin', 'A form must say which origin it comes from.');
  else if (type !== 'application/x-www-form-urlencoded')
    refuse(response, 415, 'unsupported_media_type', 'The console takes its own forms.');
  else next();
};
