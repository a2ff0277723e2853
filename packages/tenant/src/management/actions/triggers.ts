import { notFound } from '../management-error.ts';

interface Trigger {
  readonly id: string;
  readonly version: string;
  readonly binding_policy: 'trigger-bound' | 'entity-bound';
  readonly compatible_triggers: readonly { readonly id: string; readonly version: string }[];
}

const bound = (id: string, version: string, compatible: readonly string[] = []): Trigger => ({
  id,
  version,
  binding_policy: 'trigger-bound',
  compatible_triggers: compatible.map((other) => ({ id, version: other })),
});

/** A trigger whose Action a resource names, such as a token exchange profile. */
const ofEntity = (id: string, version: string): Trigger => ({
  ...bound(id, version),
  binding_policy: 'entity-bound',
});

/** Auth0's action triggers, with their current versions. */
export const TRIGGERS: readonly Trigger[] = [
  bound('post-login', 'v3', ['v2']),
  bound('credentials-exchange', 'v2'),
  bound('pre-user-registration', 'v2'),
  bound('post-user-registration', 'v2'),
  bound('post-change-password', 'v2'),
  bound('send-phone-message', 'v2'),
  bound('password-reset-post-challenge', 'v1'),
  bound('custom-phone-provider', 'v1'),
  bound('custom-email-provider', 'v1'),
  ofEntity('custom-token-exchange', 'v1'),
  ofEntity('event-stream', 'v1'),
  ofEntity('password-hash-migration', 'v1'),
  ofEntity('mcp-tool', 'v1'),
];

export const DEFAULT_RUNTIME = 'node22';
export const RUNTIMES = ['node22', 'node18', 'node18-actions'] as const;

/** The trigger of a path. Throws 404. */
export function requireTrigger(id: string | undefined): Trigger {
  const trigger = TRIGGERS.find((known) => known.id === id);
  if (!trigger) throw notFound('The trigger does not exist.', 'inexistent_trigger');
  return trigger;
}
