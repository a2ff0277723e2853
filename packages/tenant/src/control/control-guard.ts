import { isIP } from 'node:net';
import { type Middleware, schemeOf } from '../transport/host-guard.ts';
import { refuse } from './refuse.ts';

/**
 * Keeps other sites out of the control API, reading included: refuses an Origin other than the tenant's own
 * and whatever a browser marks as sent by another site. Goes behind the Host guard, which has judged Host.
 * Where that one lets remote names through, this one still refuses names that a stranger's DNS can own:
 * a browser sends no Origin with a GET that it takes for same-origin.
 */
export function createControlGuard(): Middleware {
  return (request, response, next) => {
    const host = request.headers.host?.toLowerCase() ?? '';
    const site = request.headers['sec-fetch-site'];
    const { origin } = request.headers;
    if (!isPrivateName(host)) {
      refuse(
        response,
        403,
        'forbidden_host',
        'The control API answers to loopback, an IP address or a bare name.',
      );
    } else if (origin !== undefined && origin.toLowerCase() !== `${schemeOf(request)}://${host}`) {
      refuse(response, 403, 'forbidden_origin', 'The control API is not open to other origins.');
    } else if (site !== undefined && site !== 'same-origin' && site !== 'none') {
      refuse(
        response,
        403,
        'forbidden_origin',
        'The control API is not open to requests made by other sites.',
      );
    } else {
      next();
    }
  };
}

/** An address, or a name of one label, as containers have on their own network. */
function isPrivateName(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return isIP(name) !== 0 || /^[a-z0-9_-]+$/.test(name);
}
