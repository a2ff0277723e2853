import type { TenantContext } from '../context.ts';
import type { Client, ResourceServer } from '../state/settings-documents.ts';
import type { LogEntry } from '../state/token-documents.ts';
import type { User } from '../state/user-documents.ts';
import type { Hint } from '../wire/hints.ts';
import type { Parameters } from '../wire/parameters.ts';

/** A token request whose client is authenticated and may use this grant type. */
export interface TokenRequest {
  readonly client: Client;
  readonly body: Parameters;
  /** Thumbprint of the key of the DPoP proof; undefined: no proof. */
  readonly jkt: string | undefined;
  /** The address that the attempt counts for. */
  readonly ip: string;
  readonly userAgent: string | undefined;
}

export interface GrantResult {
  readonly reply: object;
  /** The event code of this success, if it differs from the grant's. */
  readonly success?: string;
  /** A hint why the response grants less than was requested. */
  readonly hint?: Hint;
  /** Further members of the log entry. */
  readonly log?: Pick<
    LogEntry,
    | 'user_id'
    | 'user_name'
    | 'connection'
    | 'audience'
    | 'scope'
    | 'organization_id'
    | 'organization_name'
    | 'description'
  >;
}

/** What the log has of tokens that a user got: the user, the API and the scopes. */
export const toTokenLog = (
  { user_id, email, name }: User,
  api: ResourceServer | undefined,
  scope: readonly string[],
): NonNullable<GrantResult['log']> => ({
  user_id,
  user_name: email ?? name,
  audience: api?.identifier,
  scope: scope.join(' '),
});

/** A grant type: its exchange, and the event codes of success and failure. */
export interface Grant {
  /** Undefined: only the sign-in's own `s` event is logged. */
  readonly success: string | undefined;
  readonly failure: string;
  /** Whether public clients may use it. */
  readonly publicClients: boolean;
  readonly exchange: (context: TenantContext, request: TokenRequest) => Promise<GrantResult>;
}
