import type { ActionLogEntry } from '../action-runtime/action-log.ts';
import type { ActionJob, ApiCall, TriggerId } from '../action-runtime/messages.ts';
import type { TenantContext } from '../context.ts';
import { toIso } from '../lib/clock.ts';
import type { Action } from '../state/action-documents.ts';

export type ActionDeps = Pick<TenantContext, 'state' | 'clock' | 'actions' | 'domain'>;

/** Why a trigger ends before its last Action. */
export interface Verdict {
  readonly outcome: 'denied' | 'paused';
  /** The reason of a denial. */
  readonly message?: string | undefined;
}

export interface TriggerRun {
  readonly trigger: TriggerId;
  /** The event of the next Action, without `secrets`. */
  readonly toEvent: () => Readonly<Record<string, unknown>>;
  /** Applies the calls of an Action; undefined: the next Action runs. */
  readonly apply: (calls: readonly ApiCall[]) => Verdict | undefined;
  /** Position of the first Action to run. Default: 0. */
  readonly from?: number | undefined;
  /** Whether the first Action continues after a redirect. */
  readonly isResumed?: boolean | undefined;
  readonly redirect?: ActionJob['redirect'];
  /** For the log of Actions. */
  readonly about: Pick<ActionLogEntry, 'user_id' | 'client_id'>;
}

/** Undefined: all Actions have run. A failure has the message of the Action's error. */
export type TriggerEnd =
  | undefined
  | { readonly outcome: Verdict['outcome'] | 'failed'; readonly message: string; readonly at: number };

const NAMES: Readonly<Record<TriggerId, string>> = {
  'post-login': 'PostLogin',
  'credentials-exchange': 'CredentialsExchange',
  'pre-user-registration': 'PreUserRegistration',
  'post-user-registration': 'PostUserRegistration',
  'post-change-password': 'PostChangePassword',
  'custom-token-exchange': 'CustomTokenExchange',
};

/** An argument of a call if it is a string, else `otherwise`. */
export const textOf = (argument: unknown, otherwise = ''): string =>
  typeof argument === 'string' ? argument : otherwise;

/** The deployed Actions of a trigger, in order. */
export const boundActions = ({ state }: Pick<TenantContext, 'state'>, trigger: TriggerId): Action[] =>
  (state.triggerBindings.get(trigger)?.bindings ?? []).flatMap(({ action_id }) => {
    const action = state.actions.get(action_id);
    return action?.deployed_version ? [action] : [];
  });

/** Runs the Actions that are bound to a trigger, one after the other, all within one time limit. */
export const runTrigger = (deps: ActionDeps, run: TriggerRun): Promise<TriggerEnd> =>
  runActions(deps, boundActions(deps, run.trigger), run);

/** Runs these Actions. Logs each execution. */
export async function runActions(
  deps: ActionDeps,
  actions: readonly Action[],
  run: TriggerRun,
): Promise<TriggerEnd> {
  const { from = 0 } = run;
  const deadline = performance.now() + deps.actions.timeLimitMs;
  for (let at = from; at < actions.length; at += 1) {
    const action = actions[at];
    if (!action) break;
    const started = performance.now();
    const result = await execute(deps, action, run, {
      isResumed: run.isResumed === true && at === from,
      timeoutMs: deadline - started,
    });
    const verdict = result.error ? undefined : run.apply(result.calls);
    const failure = result.timedOut === true ? 'timeout' : 'failed';
    deps.actions.log.record({
      at: toIso(deps.clock.now()),
      trigger: run.trigger,
      action: action.name,
      ...run.about,
      outcome: result.error ? failure : (verdict?.outcome ?? 'passed'),
      message: result.error?.message ?? verdict?.message,
      duration_ms: Math.round((performance.now() - started) * 10) / 10,
      console: result.console,
    });
    if (result.error) return { outcome: 'failed', message: result.error.message, at };
    if (verdict) return { outcome: verdict.outcome, message: verdict.message ?? '', at };
  }
  return undefined;
}

function execute(
  { actions, clock }: ActionDeps,
  { name, deployed_version: version }: Action,
  { trigger, toEvent, redirect }: TriggerRun,
  { isResumed, timeoutMs }: { readonly isResumed: boolean; readonly timeoutMs: number },
) {
  const { id = '', code = '', secrets = [] } = version ?? {};
  if (!actions.mayRun(code)) {
    const message = `The Action ${name} was not run: with remote access, Actions run only from the folder that the seed names.`;
    return { calls: [], console: [], error: { message }, timedOut: false };
  }
  const event = {
    ...toEvent(),
    secrets: Object.fromEntries(secrets.map((secret) => [secret.name, secret.value])),
  };
  const handler = `on${isResumed ? 'Continue' : 'Execute'}${NAMES[trigger]}`;
  return actions.run(
    { trigger, handler, name, version: id, code, event, now_ms: clock.now(), redirect },
    timeoutMs,
  );
}
