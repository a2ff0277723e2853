/** A connection that an organization has enabled. */
export interface OrganizationConnection {
  readonly connection_id: string;
  /** Whether a sign-in to the organization makes the user a member. */
  readonly assign_membership_on_login: boolean;
  /** Whether the sign-in page shows a button for it; enterprise connections only. */
  readonly show_as_button: boolean;
  /** Whether users may sign up, even where the connection disables it; databases only. */
  readonly is_signup_enabled: boolean;
  readonly is_enabled: boolean;
  /** Stored and returned, without effect. */
  readonly organization_access_level: 'none' | 'readonly' | 'limited' | 'full';
  readonly organization_connection_name?: string | undefined;
}

/** An organization with its members. Its invitations are documents of their own. */
export interface Organization {
  /** `org_` and 16 characters. */
  readonly id: string;
  /** Unique; lower case. */
  readonly name: string;
  readonly display_name: string;
  readonly branding?: Readonly<Record<string, unknown>> | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Stored and returned, without effect. */
  readonly token_quota?: Readonly<Record<string, unknown>> | undefined;
  /** Whether strict third parties may sign in its members. `deny` is the name of `block` in Auth0's documentation. */
  readonly third_party_client_access: 'allow' | 'block' | 'deny';
  /** Stored and returned, without effect. */
  readonly is_app_entitlement_active?: boolean | undefined;
  /** Undefined: every connection of the tenant. */
  readonly connections?: readonly OrganizationConnection[] | undefined;
  /** Ids of its members. */
  readonly members: readonly string[];
  /** Ids of the roles that members have in it, by user id. */
  readonly member_roles?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Ids of the client grants whose clients may get tokens for it. */
  readonly client_grants?: readonly string[] | undefined;
}

/** A pending invitation to an organization. */
export interface Invitation {
  /** `uinv_` and 16 characters. */
  readonly id: string;
  readonly organization_id: string;
  /** The secret of its link. */
  readonly ticket_id: string;
  readonly inviter: { readonly name: string };
  readonly invitee: { readonly email: string };
  readonly client_id: string;
  /** The only connection that it can be accepted with; undefined: any of the organization. */
  readonly connection_id?: string | undefined;
  /** Ids of the roles that the new member gets. */
  readonly roles?: readonly string[] | undefined;
  readonly app_metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly user_metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly invitation_url: string;
  /** ISO 8601. */
  readonly created_at: string;
  readonly expires_at: string;
}
