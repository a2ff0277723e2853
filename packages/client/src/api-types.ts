// Written by `npm run openapi` from docs/openapi.json. Do not edit it.

/** RFC 9457 problem details */
export type Problem = {
  /** The address of what this code means. */
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  request_id: string;
  errors?: {
    path: string;
    message: string;
  }[] | undefined;
  /** Seconds. */
  retry_after?: number | undefined;
  [name: string]: unknown;
};

/** By method and path. */
export interface Operations {
  /** Create an account */
  'POST /v1/auth/signup': {
    body: {
      email: string;
      password: string;
      username?: string | undefined;
      given_name?: string | undefined;
      family_name?: string | undefined;
      name?: string | undefined;
      nickname?: string | undefined;
      picture?: string | undefined;
      user_metadata?: Record<string, string> | undefined;
    };
    answer: {
      user: {
        /** The `sub` of this user; left out where existing accounts are concealed. */
        id?: string | undefined;
        email: string;
        email_verified?: boolean | undefined;
        username?: string | undefined;
        given_name?: string | undefined;
        family_name?: string | undefined;
        name?: string | undefined;
        nickname?: string | undefined;
        picture?: string | undefined;
        user_metadata?: Record<string, unknown> | undefined;
      };
    };
  };
  /** Sign in with a password */
  'POST /v1/auth/signin': {
    body: {
      email?: string | undefined;
      username?: string | undefined;
      password: string;
      scope?: string | undefined;
      audience?: string | undefined;
      /** Left out, a browser gets a session and any other caller tokens. */
      mode?: 'session' | 'token' | undefined;
    };
    answer: {
      user: {
        /** The `sub` of this user. */
        id: string;
        email?: string | undefined;
        email_verified?: boolean | undefined;
        phone_number?: string | undefined;
        username?: string | undefined;
        name?: string | undefined;
        given_name?: string | undefined;
        family_name?: string | undefined;
        nickname?: string | undefined;
        picture?: string | undefined;
      };
      session: {
        /** When the session ends at the latest. */
        expires_at: string;
        /** When it ends unless it is used. */
        idle_expires_at: string;
      };
    } | {
      access_token: string;
      token_type: string;
      /** Seconds. */
      expires_in: number;
      scope?: string | undefined;
      id_token?: string | undefined;
      refresh_token?: string | undefined;
    };
  };
  /** Exchange a refresh token for new tokens, or renew the session */
  'POST /v1/auth/refresh': {
    body: {
      refresh_token?: string | undefined;
      scope?: string | undefined;
    };
    answer: {
      access_token: string;
      token_type: string;
      /** Seconds. */
      expires_in: number;
      scope?: string | undefined;
      id_token?: string | undefined;
      refresh_token?: string | undefined;
    } | undefined;
  };
  /** Who is signed in */
  'GET /v1/auth/session': {
    body: undefined;
    answer: {
      authenticated: boolean;
      user?: {
        /** The `sub` of this user. */
        id: string;
        email?: string | undefined;
        email_verified?: boolean | undefined;
        phone_number?: string | undefined;
        username?: string | undefined;
        name?: string | undefined;
        given_name?: string | undefined;
        family_name?: string | undefined;
        nickname?: string | undefined;
        picture?: string | undefined;
      } | undefined;
      scope?: string | undefined;
      expires_at?: string | undefined;
      idle_expires_at?: string | undefined;
      /** Where a browser navigates to sign out. */
      signout_url?: string | undefined;
      /** Of a bearer token. */
      client_id?: string | undefined;
      /** Of a bearer token. */
      permissions?: string[] | undefined;
    };
  };
  /** The sessions of the caller, the newest first */
  'GET /v1/auth/sessions': {
    body: undefined;
    answer: {
      sessions: {
        id: string;
        device: string;
        ip: string;
        created_at: string;
        last_seen_at: string;
        current: boolean;
      }[];
    };
  };
  /** End all sessions of the caller */
  'DELETE /v1/auth/sessions': {
    body: undefined;
    answer: undefined;
  };
  /** End one session of the caller */
  'DELETE /v1/auth/sessions/{id}': {
    body: undefined;
    answer: undefined;
  };
  /** Sign out */
  'POST /v1/auth/signout': {
    body: {
      return_to?: string | undefined;
      federated?: boolean | undefined;
      refresh_token?: string | undefined;
    };
    answer: {
      /** Where to send the browser to end its session at the tenant, if it has one. */
      signout_url: string | null;
    } | undefined;
  };
  /** The second factors that the user has enrolled */
  'GET /v1/auth/mfa/authenticators': {
    body: undefined;
    answer: {
      authenticators: ({
        id: string;
        type: 'otp' | 'sms' | 'voice' | 'email' | 'push' | 'recovery_code';
        /** Whether it has been confirmed by a code or an answer. */
        active: boolean;
        /** Its address or number, masked. */
        name?: string | undefined;
      })[];
    };
  };
  /** Enrol a first second factor */
  'POST /v1/auth/mfa/associate': {
    body: {
      /** The `mfa_handle` of the answer that asked for a second factor. */
      mfa_handle: string;
      type: 'otp' | 'push';
    } | {
      /** The `mfa_handle` of the answer that asked for a second factor. */
      mfa_handle: string;
      type: 'sms' | 'voice';
      phone_number: string;
    } | {
      /** The `mfa_handle` of the answer that asked for a second factor. */
      mfa_handle: string;
      type: 'email';
      email?: string | undefined;
    };
    answer: {
      type: 'otp' | 'sms' | 'voice' | 'email' | 'push';
      /** Base32, for people who cannot scan the code. */
      secret?: string | undefined;
      otpauth_uri?: string | undefined;
      /** The `otpauth_uri` as a QR code: an SVG document. */
      qr_svg?: string | undefined;
      oob_code?: string | undefined;
      /** Present where a code was sent, which goes into `binding_code`. */
      binding_method?: 'prompt' | undefined;
      /** With the first factor of a user: to be shown once. */
      recovery_codes?: string[] | undefined;
    };
  };
  /** Ask the user for an enrolled factor */
  'POST /v1/auth/mfa/challenge': {
    body: {
      /** The `mfa_handle` of the answer that asked for a second factor. */
      mfa_handle: string;
      type: 'otp' | 'sms' | 'voice' | 'email' | 'push';
      /** Left out: the first of this type. */
      authenticator_id?: string | undefined;
    };
    answer: {
      type: 'otp' | 'sms' | 'voice' | 'email' | 'push';
      authenticator_id?: string | undefined;
      oob_code?: string | undefined;
      /** Present where a code was sent, which goes into `binding_code`. */
      binding_method?: 'prompt' | undefined;
    };
  };
  /** End the sign-in by a code, a recovery code or the answer to a push */
  'POST /v1/auth/mfa/verify': {
    body: {
      /** The `mfa_handle` of the answer that asked for a second factor. */
      mfa_handle: string;
      /** Of an authenticator app. */
      otp?: string | undefined;
      /** Of the challenge or the enrolment. */
      oob_code?: string | undefined;
      /** The code that was sent; none for a push. */
      binding_code?: string | undefined;
      recovery_code?: string | undefined;
      /** Left out, a browser gets a session and any other caller tokens. */
      mode?: 'session' | 'token' | undefined;
    };
    answer: {
      user: {
        /** The `sub` of this user. */
        id: string;
        email?: string | undefined;
        email_verified?: boolean | undefined;
        phone_number?: string | undefined;
        username?: string | undefined;
        name?: string | undefined;
        given_name?: string | undefined;
        family_name?: string | undefined;
        nickname?: string | undefined;
        picture?: string | undefined;
      };
      session: {
        /** When the session ends at the latest. */
        expires_at: string;
        /** When it ends unless it is used. */
        idle_expires_at: string;
      };
      /** The next one, where a recovery code was used: to be shown once. */
      recovery_code?: string | undefined;
    } | {
      access_token: string;
      token_type: string;
      /** Seconds. */
      expires_in: number;
      scope?: string | undefined;
      id_token?: string | undefined;
      refresh_token?: string | undefined;
      /** The next one, where a recovery code was used: to be shown once. */
      recovery_code?: string | undefined;
    } | {
      status: 'pending';
    };
  };
  /** Begin a sign-in at the tenant's pages, for a frontend that navigates itself or opens a popup */
  'POST /v1/auth/login/start': {
    body: {
      /** Where the browser goes afterwards. One of more than 1,024 characters is not kept. */
      return_to?: string | undefined;
      connection?: string | undefined;
      /** Id or name; a sign-in to another one is refused. */
      organization?: string | undefined;
      /** The ticket of an invitation to the organization. */
      invitation?: string | undefined;
      organization_name?: string | undefined;
      screen_hint?: 'login' | 'signup' | undefined;
      login_hint?: string | undefined;
      prompt?: 'none' | 'login' | 'consent' | 'select_account' | undefined;
      acr_values?: string | undefined;
      ui_locales?: string | undefined;
      max_age?: number | undefined;
    };
    answer: {
      authorization_url: string;
    };
  };
  /** Hand over a code that the frontend got by running the redirect itself */
  'POST /v1/auth/exchange': {
    body: {
      code: string;
      redirect_uri: string;
      code_verifier?: string | undefined;
      nonce?: string | undefined;
      mode?: 'session' | 'token' | undefined;
    };
    answer: {
      user: {
        /** The `sub` of this user. */
        id: string;
        email?: string | undefined;
        email_verified?: boolean | undefined;
        phone_number?: string | undefined;
        username?: string | undefined;
        name?: string | undefined;
        given_name?: string | undefined;
        family_name?: string | undefined;
        nickname?: string | undefined;
        picture?: string | undefined;
      };
      session: {
        /** When the session ends at the latest. */
        expires_at: string;
        /** When it ends unless it is used. */
        idle_expires_at: string;
      };
    } | {
      access_token: string;
      token_type: string;
      /** Seconds. */
      expires_in: number;
      scope?: string | undefined;
      id_token?: string | undefined;
      refresh_token?: string | undefined;
    };
  };
}
