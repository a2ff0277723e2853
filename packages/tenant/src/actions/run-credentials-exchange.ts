import type { TokenEffects } from '../state/action-documents.ts';
import type { Client, ResourceServer } from '../state/settings-documents.ts';
import { oauthError } from '../wire/errors.ts';
import { clientPart, type EventRequest, requestPart, tenantPart } from './event-parts.ts';
import { NO_EFFECTS, withTokenCall } from './run-post-login.ts';
import { type ActionDeps, runTrigger, textOf } from './run-trigger.ts';

/** A client that requests a token for itself. */
export interface CredentialsExchange {
  readonly client: Client;
  readonly api: ResourceServer;
  readonly scope: readonly string[];
  readonly request: EventRequest;
}

/**
 * Runs the Actions of credentials-exchange and returns their custom claims. Throws the code and the reason of a denial:
 * 400, and 500 for `server_error`. An error of an Action is a `server_error`.
 */
export async function runCredentialsExchange(
  deps: ActionDeps,
  { client, api, scope, request }: CredentialsExchange,
): Promise<TokenEffects> {
  let effects = NO_EFFECTS;
  let denied: { readonly code: string; readonly reason: string } | undefined;
  const end = await runTrigger(deps, {
    trigger: 'credentials-exchange',
    toEvent: () => ({
      accessToken: { customClaims: effects.accessToken, scope },
      client: clientPart(client),
      request: requestPart(deps, request),
      resource_server: { identifier: api.identifier },
      tenant: tenantPart(deps),
      transaction: { requested_scopes: scope },
    }),
    apply: (calls) => {
      for (const call of calls) {
        const [code, reason] = call.args;
        if (call.method === 'access.deny')
          denied ??= { code: textOf(code, 'server_error'), reason: textOf(reason, 'Access denied.') };
        else effects = withTokenCall(effects, call);
      }
      return denied && { outcome: 'denied', message: denied.reason };
    },
    about: { client_id: client.client_id },
  });
  if (!end) return effects;
  const { code, reason } = denied ?? { code: 'server_error', reason: end.message };
  throw oauthError(code === 'server_error' ? 500 : 400, code, reason);
}
