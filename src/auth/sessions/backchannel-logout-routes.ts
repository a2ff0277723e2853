import { z } from 'zod';
import { GatewayError } from '../../errors.ts';
import { toNetworkKey } from '../../http/client-address.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import type { Limiter } from '../../limits/rate-limit.ts';
import type { Audit } from '../../observe/audit.ts';
import { type BackchannelLogoutDeps, endByLogoutToken } from './backchannel-logout.ts';

export interface BackchannelLogoutRouteDeps {
  readonly logout: BackchannelLogoutDeps;
  /** By address. */
  readonly limit: Limiter;
  readonly audit: Audit;
}

const logoutBody = z
  .object({ logout_token: z.string().min(1).max(8192) })
  .meta({ id: 'gatehouse.BackchannelLogout' });

/** `POST /v1/auth/backchannel-logout`: the tenant says whose session has ended. */
export function backchannelLogoutRoutes({ logout, limit, audit }: BackchannelLogoutRouteDeps): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/auth/backchannel-logout',
      guard: 'public',
      operationId: 'backchannelLogout',
      summary: 'End sessions that the tenant has ended (OIDC Back-Channel Logout 1.0)',
      tag: 'Redirect login',
      description: 'Only the tenant can send this: it signs the token.',
      calledByTenant: true,
      body: logoutBody,
      bodyTypes: ['form'],
      errorShape: 'oauth',
      responses: {
        200: { description: 'The sessions have ended, or there were none', headers: ['RateLimit'] },
      },
      errors: ['invalid_request'],
      handler: async ({ body, request }) => {
        const headers = await limit.charge(toNetworkKey(request.ip));
        const event = { event: 'auth.backchannel_logout', requestId: request.id, ip: request.ip } as const;
        try {
          const { sub } = await endByLogoutToken(logout, body.logout_token);
          audit({ ...event, outcome: 'succeeded', subject: sub });
          return { status: 200, headers };
        } catch (error) {
          const reason = error instanceof GatewayError ? (error.options.reason ?? error.code) : 'internal';
          audit({ ...event, outcome: 'failed', reason });
          throw error;
        }
      },
    }),
  ];
}
