/** Actions, with the Management API's member names and values. */

interface ActionDependency {
  readonly name: string;
  readonly version: string;
}

interface ActionSecret {
  readonly name: string;
  /** Never returned by the Management API. */
  readonly value: string;
  readonly updated_at: string;
}

/** The version of an action that runs: its last deployed state. */
export interface ActionVersion {
  readonly id: string;
  readonly number: number;
  readonly code: string;
  readonly dependencies: readonly ActionDependency[];
  readonly secrets: readonly ActionSecret[];
  readonly runtime: string;
  readonly built_at: string;
}

export interface Action {
  readonly id: string;
  readonly name: string;
  readonly supported_triggers: readonly { readonly id: string; readonly version: string }[];
  readonly code: string;
  readonly dependencies: readonly ActionDependency[];
  readonly secrets: readonly ActionSecret[];
  readonly runtime: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly deployed_version?: ActionVersion | undefined;
}

interface ActionBinding {
  readonly id: string;
  readonly action_id: string;
  readonly display_name: string;
  readonly created_at: string;
  readonly updated_at: string;
}

/** The actions that a trigger runs, in order. */
export interface TriggerBindings {
  readonly trigger_id: string;
  readonly bindings: readonly ActionBinding[];
}

/** What Actions have changed in the tokens of a sign-in. */
export interface TokenEffects {
  /** Custom claims. */
  readonly idToken: Readonly<Record<string, unknown>>;
  readonly accessToken: Readonly<Record<string, unknown>>;
  readonly addedScopes: readonly string[];
  readonly removedScopes: readonly string[];
}

/** How far the post-login Actions of a sign-in have run. */
export interface ActionProgress {
  readonly tokens: TokenEffects;
  /** Position of the next Action; undefined: all have run. */
  readonly next?: number | undefined;
  /** Whether the Action at `next` has sent the user to a page and waits for /continue. */
  readonly isRedirected?: boolean | undefined;
  /** What an Action has decided about the second factor; undefined: the policy decides. */
  readonly factor?: 'required' | 'none' | undefined;
  /** `event.transaction.metadata` */
  readonly metadata: Readonly<Record<string, unknown>>;
}
