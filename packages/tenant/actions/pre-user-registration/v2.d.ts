import type { Base, CacheAPI, Client, Connection, Profile, Request } from '../common.d.ts';

/** `event` of `onExecutePreUserRegistration`. */
export interface Event extends Base {
  readonly client?: Client;
  readonly connection: Connection;
  readonly request: Request;
  readonly user: Profile;
}

export interface PreUserRegistrationAPI extends CacheAPI {
  readonly access: { deny(reason: string, userMessage?: string): PreUserRegistrationAPI };
  readonly user: {
    setAppMetadata(name: string, value: unknown): PreUserRegistrationAPI;
    setUserMetadata(name: string, value: unknown): PreUserRegistrationAPI;
  };
  readonly validation: { error(code: string, message: string): PreUserRegistrationAPI };
}
