import { isIP } from 'node:net';
import { type Access, hasControlToken, isKnownHost, isLoopbackPeer } from '../transport/access.ts';
import { type Middleware, schemeOf } from '../transport/host-guard.ts';
import { refuse } from './refuse.ts';

/**
 * On a demo network, requires the control token of callers that are not on loopback. They may use any Host name: a page
 * that gets there by DNS rebinding does not have the token.
 */
export function createTokenGuard({ controlToken }: Pick<Access, 'controlToken'>): Middleware {
  return (request, response, next) => {
    if (isLoopbackPeer(request) || (controlToken !== undefined && hasControlToken(request, controlToken))) {
      next();
      return;
    }
    response.setHeader('www-authenticate', ['Bearer', 'Basic realm="tenant", charset="UTF-8"']);
    refuse(
      response,
      401,
      'token_required',
      'Callers that are not on loopback need TENANT_ALLOW_REMOTE=true and the control token, which TENANT_CONTROL_TOKEN sets and the start prints.',
    );
  };
}

/**
 * Blocks cross-site requests to the control API, including reads: refuses an Origin other than the tenant's own, and
 * requests that the browser marks as cross-site. It runs after the Host guard. If that guard admits any name, this
 * one still refuses public DNS names, because an attacker can point one at the tenant (DNS rebinding) and a browser
 * sends no Origin with a same-origin GET.
 */
export function createControlGuard(access: Access): Middleware {
  return (request, response, next) => {
    const host = request.headers.host?.toLowerCase() ?? '';
    const site = request.headers['sec-fetch-site'];
    const { origin } = request.headers;
    const isTrusted =
      !isLoopbackPeer(request) || isPrivateName(host) || isKnownHost(host, access, schemeOf(request));
    if (!isTrusted) {
      refuse(
        response,
        403,
        'forbidden_host',
        'The control API accepts only loopback, the domain of the tenant, an IP address or a single-label host name.',
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

/** An IP address, or a name of one label, as containers have on their own network. */
function isPrivateName(host: string): boolean {
  const name = host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return isIP(name) !== 0 || /^[a-z0-9_-]+$/.test(name);
}
