import type { ApiCall } from '../action-runtime/messages.ts';
import type { Action } from '../state/action-documents.ts';
import type { Client, ResourceServer } from '../state/settings-documents.ts';
import { oauthError, type WireError } from '../wire/errors.ts';
import { clientPart, type EventRequest, requestPart, tenantPart } from './event-parts.ts';
import { type MetadataChanges, NO_CHANGES, withMetadataCall } from './metadata-changes.ts';
import { type ActionDeps, runActions, textOf } from './run-trigger.ts';

/** A subject token of a profile, to be exchanged for tokens of a user. */
export interface TokenExchange {
  /** The Action of the profile. */
  readonly action: Action;
  readonly client: Client;
  readonly api: ResourceServer | undefined;
  readonly request: EventRequest;
  readonly subjectToken: string;
  readonly subjectTokenType: string;
  readonly requestedTokenType: string | undefined;
  readonly scope: readonly string[];
}

/** The user that an Action has set: by id, or by the id at a connection, with the profile of a new user. */
export type ChosenUser =
  | { readonly id: string }
  | {
      readonly connection: string;
      readonly profile: Readonly<Record<string, unknown>>;
      readonly isCreated: boolean;
    };

/**
 * Runs the Action of a custom token exchange. Throws the code and reason of a denial, `invalid_request` for a rejected
 * subject token, and `server_error` for an error of the Action or if it sets no user.
 */
export async function runTokenExchange(
  deps: ActionDeps,
  { action, client, api, request, ...asked }: TokenExchange,
): Promise<{ readonly chosen: ChosenUser; readonly changes: MetadataChanges }> {
  let changes: MetadataChanges = NO_CHANGES;
  let chosen: ChosenUser | undefined;
  let denial: WireError | undefined;
  const end = await runActions(deps, [action], {
    trigger: 'custom-token-exchange',
    toEvent: () => ({
      client: clientPart(client),
      request: requestPart(deps, request),
      ...(api && { resource_server: { identifier: api.identifier } }),
      tenant: tenantPart(deps),
      transaction: {
        protocol: 'oauth2-token-exchange',
        subject_token: asked.subjectToken,
        subject_token_type: asked.subjectTokenType,
        requested_token_type: asked.requestedTokenType,
        requested_scopes: asked.scope,
      },
    }),
    apply: (calls) => {
      for (const call of calls) {
        denial ??= toDenial(call);
        chosen = toChosen(call) ?? chosen;
        changes = withMetadataCall(changes, call);
      }
      return denial && { outcome: 'denied', message: denial.message };
    },
    about: { client_id: client.client_id },
  });
  if (denial) throw denial;
  if (end) throw oauthError(500, 'server_error', end.message);
  if (!chosen) throw oauthError(500, 'server_error', `The Action ${action.name} has not set a user.`);
  return { chosen, changes };
}

function toDenial({ method, args: [first, second] }: ApiCall): WireError | undefined {
  if (method === 'access.rejectInvalidSubjectToken')
    return oauthError(400, 'invalid_request', textOf(first, 'Invalid subject token.'));
  if (method !== 'access.deny') return undefined;
  const code = textOf(first, 'server_error');
  return oauthError(code === 'server_error' ? 500 : 400, code, textOf(second, 'Access denied.'));
}

function toChosen({ method, args: [first, second, options] }: ApiCall): ChosenUser | undefined {
  if (method === 'authentication.setUserById') return { id: textOf(first) };
  if (method !== 'authentication.setUserByConnection') return undefined;
  return {
    connection: textOf(first),
    profile: { ...Object(second) } as Record<string, unknown>,
    isCreated: Reflect.get(Object(options), 'creationBehavior') === 'create_if_not_exists',
  };
}
