export type { Operations, Problem } from './api-types.ts';
export { createGatehouse } from './create-gatehouse.ts';
export type { Gatehouse, GatehouseOptions, LoginOptions, PushPending } from './gatehouse.ts';
export {
  type ClientErrorCode,
  GatehouseError,
  type GatehouseErrorCode,
  type GatehouseProblem,
  type ProblemMembers,
} from './gatehouse-error.ts';
export type { GatehouseRequestInit, StepUp } from './gatehouse-fetch.ts';
export type { ActiveSession, BegunSession, SessionState, Tokens, User } from './operations.ts';
