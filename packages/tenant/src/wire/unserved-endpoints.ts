import { WireError } from './errors.ts';
import type { Endpoint } from './row.ts';

/** Endpoints of Auth0's Authentication API that this tenant does not serve. */
export const UNSERVED_ENDPOINTS: readonly Pick<Endpoint, 'method' | 'path'>[] = [
  { method: 'POST', path: '/bc-authorize' },
  { method: 'POST', path: '/oauth/global-token-revocation/connection/:name' },
  { method: 'POST', path: '/passwordless/verify' },
  { method: 'GET', path: '/samlp/metadata/:client' },
  { method: 'GET', path: '/samlp/:client' },
  { method: 'POST', path: '/samlp/:client/logout' },
  { method: 'GET', path: '/wsfed/:client' },
  { method: 'GET', path: '/wsfed/FederationMetadata/2007-06/FederationMetadata.xml' },
  { method: 'POST', path: '/oauth/access_token' },
  { method: 'POST', path: '/oauth/ro' },
  { method: 'POST', path: '/tokeninfo' },
  { method: 'POST', path: '/delegation' },
  { method: 'POST', path: '/users/:id/impersonate' },
  { method: 'POST', path: '/login/unlink' },
  { method: 'POST', path: '/co/authenticate' },
  { method: 'GET', path: '/client/:file' },
  { method: 'GET', path: '/cer' },
];

/** Rows that answer 501 with CORS and a hint, so that an SDK does not take the endpoint for a deleted object. */
export const unservedEndpoints = (): Endpoint[] =>
  UNSERVED_ENDPOINTS.map(({ method, path }) => ({
    method,
    path,
    forBrowsers: true,
    handle: () => {
      const text = `This tenant does not serve ${method} ${path}.`;
      throw new WireError(501, { error: 'not_implemented', error_description: text }, text, {
        hint: 'not_served',
      });
    },
  }));
