/** The triggers whose Actions the tenant runs. */
export type TriggerId =
  | 'post-login'
  | 'credentials-exchange'
  | 'pre-user-registration'
  | 'post-user-registration'
  | 'post-change-password'
  | 'custom-token-exchange';

/** What the child process needs to call one handler of an Action. */
export interface ActionJob {
  readonly trigger: TriggerId;
  /** Name of the exported function, such as `onExecutePostLogin`. */
  readonly handler: string;
  readonly name: string;
  /** Id of the deployed version: its module is loaded once. */
  readonly version: string;
  readonly code: string;
  /** Contains the Action's `secrets`. */
  readonly event: Readonly<Record<string, unknown>>;
  /** The tenant's time. */
  readonly now_ms: number;
  /** For `api.redirect`; undefined: the sign-in cannot redirect. */
  readonly redirect?:
    | { readonly subject: string; readonly issuer: string; readonly ip: string; readonly state: string }
    | undefined;
}

/** A call of the Action to `api`, such as `idToken.setCustomClaim`, in the order of the calls. */
export interface ApiCall {
  readonly method: string;
  readonly args: readonly unknown[];
}

export interface ConsoleLine {
  readonly level: 'log' | 'info' | 'warn' | 'error' | 'debug';
  readonly text: string;
}

/** The result of one handler: its calls of `api`, or the error that it threw. */
export interface ActionResult {
  readonly calls: readonly ApiCall[];
  readonly console: readonly ConsoleLine[];
  readonly error?: { readonly message: string } | undefined;
  readonly timedOut?: boolean | undefined;
}

export interface JobMessage {
  readonly id: number;
  readonly job: ActionJob;
}

/** The process has loaded, a result, or the text of an error that belongs to no job. */
export type ChildMessage =
  | { readonly isReady: true }
  | { readonly id: number; readonly result: ActionResult }
  | { readonly stray: string };
