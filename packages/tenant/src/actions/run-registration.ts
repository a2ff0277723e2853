import type { Client, Connection } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import {
  clientPart,
  connectionPart,
  type EventRequest,
  requestPart,
  tenantPart,
  userPart,
} from './event-parts.ts';
import { changeMetadata, type MetadataChanges, NO_CHANGES, withMetadataCall } from './metadata-changes.ts';
import { type ActionDeps, boundActions, runTrigger, textOf } from './run-trigger.ts';

/** A sign-up, or a user that the Management API creates. */
export interface Registration {
  readonly connection: Connection;
  readonly client: Client | undefined;
  readonly request: EventRequest;
}

/** A refusal of pre-user-registration. */
export interface RegistrationDenial {
  /** For the developer. */
  readonly reason: string;
  /** For the person who signs up. */
  readonly userMessage: string;
}

/** Runs the Actions of pre-user-registration on a user who does not exist yet: the user with their metadata, or a denial. */
export async function runPreUserRegistration(
  deps: ActionDeps,
  { connection, client, request }: Registration,
  draft: User,
): Promise<{ readonly user: User } | { readonly denial: RegistrationDenial }> {
  let changes: MetadataChanges = NO_CHANGES;
  let denial: RegistrationDenial | undefined;
  const { user_id: _none, identities: _noneYet, ...profile } = draft;
  const end = await runTrigger(deps, {
    trigger: 'pre-user-registration',
    toEvent: () => ({
      ...(client && { client: clientPart(client) }),
      connection: connectionPart(connection),
      request: requestPart(deps, { ...request, query: {} }),
      tenant: tenantPart(deps),
      user: changeMetadata({ user_metadata: {}, app_metadata: {}, ...profile }, changes),
    }),
    apply: (calls) => {
      for (const call of calls) {
        const [first, second] = call.args;
        if (call.method === 'access.deny') {
          const reason = textOf(first, 'Access denied.');
          denial ??= { reason, userMessage: textOf(second, reason) };
        } else if (call.method === 'validation.error')
          denial ??= { reason: textOf(first), userMessage: textOf(second, textOf(first)) };
        else changes = withMetadataCall(changes, call);
      }
      return denial && { outcome: 'denied', message: denial.reason };
    },
    about: { client_id: client?.client_id },
  });
  if (!end) return { user: changeMetadata(draft, changes) };
  return { denial: denial ?? { reason: end.message, userMessage: end.message } };
}

/** Runs the Actions of post-user-registration in the background; their errors are only logged. */
export function runPostUserRegistration(deps: ActionDeps, registration: Registration, user: User): void {
  runLater(deps, 'post-user-registration', registration, user);
}

/** Runs the Actions of post-change-password in the background; their errors are only logged. */
export function runPostChangePassword(deps: ActionDeps, user: User, request: EventRequest): void {
  const [connection] = deps.state.connections.find('name', user.identities[0]?.connection ?? '');
  if (connection) runLater(deps, 'post-change-password', { connection, client: undefined, request }, user);
}

function runLater(
  deps: ActionDeps,
  trigger: 'post-user-registration' | 'post-change-password',
  { connection, request }: Registration,
  user: User,
): void {
  if (boundActions(deps, trigger).length === 0) return;
  const event = {
    connection: connectionPart(connection),
    request: requestPart(deps, request),
    tenant: tenantPart(deps),
    user: userPart(deps, user),
  };
  // Never rejects: the log of Actions has the errors.
  void runTrigger(deps, {
    trigger,
    toEvent: () => event,
    apply: () => undefined,
    about: { user_id: user.user_id },
  });
}
