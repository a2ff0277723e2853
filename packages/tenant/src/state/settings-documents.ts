/** Tenant settings, with the Management API's member names and values. */
import type { ClientKey, KeyMethods } from './client-key-documents.ts';

export type { ClientKey, KeyMethods } from './client-key-documents.ts';

/** Other Auth0 settings: stored and returned, without effect. */
type Extra = Readonly<Record<string, unknown>>;

export interface TenantSettings {
  readonly friendly_name: string;
  /** Name of the database connection for `grant_type=password`; empty: none. */
  readonly default_directory: string;
  readonly default_audience: string;
  /** Hours. */
  readonly session_lifetime: number;
  /** Hours. */
  readonly idle_session_lifetime: number;
  readonly allowed_logout_urls: readonly string[];
  readonly pushed_authorization_requests_supported: boolean;
  readonly resource_parameter_profile: string;
  readonly skip_non_verifiable_callback_uri_confirmation_prompt: boolean;
  /** RFC 9207: /authorize responses carry `iss`. */
  readonly authorization_response_iss_parameter_supported?: boolean | undefined;
  readonly flags: Readonly<Record<string, boolean>>;
  readonly prompts?: PromptSettings | undefined;
  readonly email_provider?: EmailProvider | undefined;
  readonly extra?: Extra | undefined;
}

export type PasswordPolicyLevel = 'none' | 'low' | 'fair' | 'good' | 'excellent';

export interface ConnectionOptions {
  readonly passwordPolicy?: PasswordPolicyLevel | null | undefined;
  readonly password_complexity_options?: { readonly min_length?: number | undefined } | undefined;
  readonly password_history?: { readonly enable: boolean; readonly size?: number | undefined } | undefined;
  readonly password_dictionary?:
    | { readonly enable: boolean; readonly dictionary?: readonly string[] | undefined }
    | undefined;
  readonly password_no_personal_info?: { readonly enable: boolean } | undefined;
  readonly brute_force_protection?: boolean | undefined;
  readonly disable_signup?: boolean | undefined;
  /** Disables password reset links. */
  readonly disable_self_service_change_password?: boolean | undefined;
  readonly requires_username?: boolean | undefined;
  readonly validation?:
    | { readonly username?: { readonly min: number; readonly max: number } | null | undefined }
    | undefined;
  readonly [option: string]: unknown;
}

export interface Connection {
  readonly id: string;
  readonly name: string;
  /** `auth0` for a database connection. */
  readonly strategy: string;
  readonly display_name?: string | undefined;
  readonly options: ConnectionOptions;
  readonly enabled_clients: readonly string[];
  readonly realms: readonly string[];
  readonly is_domain_connection: boolean;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly extra?: Extra | undefined;
}

export type TokenDialect =
  | 'access_token'
  | 'access_token_authz'
  | 'rfc9068_profile'
  | 'rfc9068_profile_authz';

export interface SubjectPolicies {
  readonly user?: { readonly policy: 'allow_all' | 'require_client_grant' | 'deny_all' } | undefined;
  readonly client?: { readonly policy: 'require_client_grant' | 'deny_all' } | undefined;
}

/** How tokens of an API are bound to their client (sender constraining). */
export interface ProofOfPossession {
  readonly mechanism: 'dpop' | 'mtls';
  readonly required: boolean;
  /** Default: `all_clients`. */
  readonly required_for?: 'all_clients' | 'public_clients' | undefined;
}

/** An API. */
export interface ResourceServer {
  readonly id: string;
  readonly identifier: string;
  readonly name: string;
  readonly is_system: boolean;
  readonly scopes: readonly { readonly value: string; readonly description?: string | undefined }[];
  readonly signing_alg: 'RS256' | 'RS512' | 'PS256' | 'HS256';
  readonly signing_secret: string;
  /** Seconds. */
  readonly token_lifetime: number;
  /** Seconds. */
  readonly token_lifetime_for_web: number;
  readonly allow_offline_access: boolean;
  /** RBAC: users are granted only scopes that they have permissions for. */
  readonly enforce_policies: boolean;
  readonly token_dialect: TokenDialect;
  readonly skip_consent_for_verifiable_first_party_clients: boolean;
  readonly subject_type_authorization: SubjectPolicies;
  /** Whether tokens may or must be bound to a key; undefined: bearer tokens. */
  readonly proof_of_possession?: ProofOfPossession | null | undefined;
  readonly extra?: Extra | undefined;
}

export interface RefreshTokenSettings {
  readonly rotation_type: 'rotating' | 'non-rotating';
  readonly expiration_type: 'expiring' | 'non-expiring';
  /** Seconds. */
  readonly leeway: number;
  /** Seconds since the family's first token; `infinite_token_lifetime` disables it. */
  readonly token_lifetime: number;
  readonly infinite_token_lifetime: boolean;
  /** Seconds since the last use; `infinite_idle_token_lifetime` disables it. */
  readonly idle_token_lifetime: number;
  readonly infinite_idle_token_lifetime: boolean;
  /** Further audiences that the client's refresh tokens can request. */
  readonly policies?: readonly { readonly audience: string; readonly scope: readonly string[] }[] | undefined;
}

export interface JwtConfiguration {
  /** Default: RS256. */
  readonly alg?: 'RS256' | 'HS256' | 'PS256' | undefined;
  /** Default: 36000. */
  readonly lifetime_in_seconds?: number | undefined;
  /** Legacy settings: stored, without effect. */
  readonly secret_encoded?: boolean | undefined;
  readonly scopes?: Extra | undefined;
}

export interface Client {
  readonly client_id: string;
  readonly client_secret: string;
  readonly name: string;
  readonly description: string;
  readonly app_type: string;
  readonly is_first_party: boolean;
  readonly oidc_conformant: boolean;
  readonly grant_types: readonly string[];
  /** Null if `client_authentication_methods` applies instead. */
  readonly token_endpoint_auth_method: 'none' | 'client_secret_post' | 'client_secret_basic' | null;
  readonly client_authentication_methods?: KeyMethods | undefined;
  /** Keys that are registered but not used for authentication. */
  readonly spare_credentials?: readonly ClientKey[] | undefined;
  readonly is_token_endpoint_ip_header_trusted: boolean;
  readonly callbacks: readonly string[];
  readonly allowed_logout_urls: readonly string[];
  readonly web_origins: readonly string[];
  readonly allowed_origins: readonly string[];
  readonly jwt_configuration: JwtConfiguration;
  readonly refresh_token: RefreshTokenSettings;
  readonly organization_usage: 'deny' | 'allow' | 'require';
  /** When a sign-in without an organization asks for one. Default: `no_prompt`. */
  readonly organization_require_behavior?: 'no_prompt' | 'pre_login_prompt' | 'post_login_prompt' | undefined;
  /** The organization of the client's own tokens, where its grant requires one and the request names none. */
  readonly default_organization?:
    | { readonly organization_id: string; readonly flows: readonly 'client_credentials'[] }
    | undefined;
  readonly require_pushed_authorization_requests: boolean;
  readonly require_proof_of_possession: boolean;
  readonly third_party_security_mode?: 'strict' | 'permissive' | undefined;
  readonly redirection_policy?: 'allow_always' | 'open_redirect_protection' | undefined;
  /** Overrides the tenant setting of the same name. */
  readonly skip_non_verifiable_callback_uri_confirmation_prompt?: boolean | undefined;
  readonly oidc_logout?: Readonly<Record<string, unknown>> | undefined;
  readonly client_metadata: Readonly<Record<string, string>>;
  readonly logo_uri?: string | undefined;
  readonly initiate_login_uri?: string | undefined;
  /** Members that have never been set: they have a default, but the Management API does not return them. */
  readonly unset?: readonly string[] | undefined;
  readonly extra?: Extra | undefined;
}

export interface ClientGrant {
  readonly id: string;
  /** Absent if `default_for` applies instead. */
  readonly client_id?: string | undefined;
  /** The default for third-party clients without a grant of their own for the API. */
  readonly default_for?: 'third_party_clients' | undefined;
  readonly audience: string;
  readonly scope: readonly string[];
  readonly subject_type: 'client' | 'user';
  readonly allow_all_scopes?: boolean | undefined;
  readonly organization_usage?: 'deny' | 'allow' | 'require' | undefined;
  readonly allow_any_organization?: boolean | undefined;
  /** Stored and returned, without effect. */
  readonly authorization_details_types?: readonly string[] | undefined;
}

/** A scope of an API, as RBAC assigns it. */
export interface Permission {
  readonly resource_server_identifier: string;
  readonly permission_name: string;
}

export interface Role {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  /** `organization`: the role belongs to the organization `owner_id`. Default: `tenant`. */
  readonly type?: 'tenant' | 'organization' | undefined;
  readonly owner_id?: string | undefined;
  readonly permissions: readonly Permission[];
}

/** The rate-limit policy. */
export interface Limits {
  /** `auth0`: Auth0's documented limits; `relaxed`: higher limits for test suites. */
  readonly profile: 'auth0' | 'relaxed';
}

/** Attack protection settings; a single document with the id `attack_protection`. */
export interface AttackProtection {
  readonly brute_force_protection: {
    readonly enabled: boolean;
    readonly shields: readonly ('block' | 'user_notification')[];
    readonly mode: 'count_per_identifier_and_ip' | 'count_per_identifier';
    readonly max_attempts: number;
    readonly allowlist: readonly string[];
  };
  readonly breached_password_detection: {
    readonly enabled: boolean;
    readonly shields: readonly ('block' | 'user_notification' | 'admin_notification')[];
    readonly method: 'standard' | 'enhanced';
    readonly admin_notification_frequency?: readonly string[] | undefined;
    readonly stage: {
      readonly 'pre-user-registration': { readonly shields: readonly string[] };
      /** Stored and returned, without effect: password changes follow the sign-up setting. */
      readonly 'pre-change-password'?: { readonly shields: readonly string[] } | undefined;
    };
  };
  /** Stored and returned, without effect. */
  readonly suspicious_ip_throttling?: SuspiciousIpThrottling | undefined;
  /** Stored and returned, without effect. */
  readonly bot_detection?: BotDetection | undefined;
  /** Stored and returned, without effect. */
  readonly captcha?: Extra | undefined;
}

interface AttemptRate {
  readonly max_attempts: number;
  /** Milliseconds until one more attempt is allowed. */
  readonly rate: number;
}

export interface SuspiciousIpThrottling {
  readonly enabled: boolean;
  readonly shields: readonly ('block' | 'admin_notification')[];
  readonly allowlist: readonly string[];
  readonly stage: {
    readonly 'pre-login': AttemptRate;
    readonly 'pre-user-registration': AttemptRate;
    readonly 'pre-custom-token-exchange'?: AttemptRate | undefined;
  };
}

type ChallengePolicy = 'never' | 'when_risky' | 'always';

export interface BotDetection {
  readonly bot_detection_level: 'low' | 'medium' | 'high';
  readonly challenge_password_policy: ChallengePolicy;
  readonly challenge_passwordless_policy: ChallengePolicy;
  readonly challenge_password_reset_policy: ChallengePolicy;
  readonly allowlist: readonly string[];
  readonly monitoring_mode_enabled: boolean;
}

/** Settings of the sign-in pages: stored and returned, without effect. */
export interface PromptSettings {
  readonly universal_login_experience: 'new' | 'classic';
  readonly identifier_first: boolean;
  readonly webauthn_platform_first_factor: boolean;
}

/** The mail provider: stored and returned, without effect. All mail goes to the inbox. */
export interface EmailProvider {
  readonly name: string;
  readonly enabled: boolean;
  readonly default_from_address?: string | undefined;
  readonly credentials: Extra;
  readonly settings?: Extra | undefined;
}
