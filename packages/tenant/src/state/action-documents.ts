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

/** What runs of an action: its last deployed state. */
export interface ActionVersion {
  readonly id: string;
  readonly number: number;
  readonly code: string;
  readonly dependencies: readonly ActionDependency[];
  readonly secrets: readonly ActionSecret[];
  readonly runtime: string;
  readonly built_at: string;
}

/** Stored and returned, without effect: the tenant runs no actions. */
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
