import { z } from 'zod';
import { GatewayError } from '../../errors.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import type { Limiter } from '../../limits/rate-limit.ts';
import type { Audit } from '../../observe/audit.ts';
import { type BackchannelLogoutDeps, endByLogoutToken } from './backchannel-logout.ts';

export interface BackchannelLogoutRouteDeps {
  readonly logout: BackchannelLogoutDeps;
  /** Limits invalid tokens per address. */
  readonly failures: Limiter;
  readonly audit: Audit;
}

const logoutBody = z
  .object({ logout_token: z.string().min(1).max(8192) })
  .meta({ id: 'gatehouse.BackchannelLogout' });

/** `POST /v1/auth/backchannel-logout`: the tenant reports ended sessions. */
export function backchannelLogoutRoutes({ logout, failures, audit }: BackchannelLogoutRouteDeps): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/v1/auth/backchannel-logout',
      guard: 'public',
      operationId: 'backchannelLogout',
      summary: 'End sessions that the tenant has ended (OIDC Back-Channel Logout 1.0)',
      tag: 'Redirect login',
      description: 'Only the tenant can call this: it signs the token.',
      calledByTenant: true,
      body: logoutBody,
      bodyTypes: ['form'],
      kind: 'oauth',
      responses: {
        200: { description: 'The sessions have ended, or there were none', headers: ['RateLimit'] },
      },
      errors: ['invalid_request'],
      handler: async ({ body, request }) => {
        const event = { event: 'auth.backchannel_logout', requestId: request.id, ip: request.ip } as const;
        try {
          const { sub } = await endByLogoutToken(logout, body.logout_token);
          audit({ ...event, outcome: 'succeeded', subject: sub });
          return { status: 200 };
        } catch (error) {
          const reason = error instanceof GatewayError ? (error.options.reason ?? error.code) : 'internal';
          audit({ ...event, outcome: 'failed', reason });
          // Charge only invalid tokens: valid ones come from few addresses and must never be refused.
          if (error instanceof GatewayError && error.code === 'invalid_request')
            throw error.withHeaders(await failures.charge(request.ip));
          throw error;
        }
      },
    }),
  ];
}
