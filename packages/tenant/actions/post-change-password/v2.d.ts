import type { Base, CacheAPI, Connection, Request, User } from '../common.d.ts';

/** `event` of `onExecutePostChangePassword`. */
export interface Event extends Base {
  readonly connection: Connection;
  readonly request: Request;
  readonly user: User;
}

export type PostChangePasswordAPI = CacheAPI;
