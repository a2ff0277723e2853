import { toIso } from '../lib/clock.ts';
import type { AuthorizeRequest, BrowserSession } from '../state/browser-documents.ts';
import type { Client } from '../state/settings-documents.ts';
import type { RefreshFamily } from '../state/token-documents.ts';
import type { User } from '../state/user-documents.ts';
import {
  clientPart,
  connectionPart,
  type EventRequest,
  requestPart,
  tenantPart,
  userPart,
} from './event-parts.ts';
import type { ActionDeps } from './run-trigger.ts';

/** A sign-in, or a refresh, that post-login Actions decide about. */
export interface LoginSituation {
  readonly client: Client;
  readonly user: User;
  /** Name of the connection. */
  readonly connection: string;
  readonly request: EventRequest;
  /** `oidc-basic-profile`, `oauth2-password`, `oauth2-refresh-token` … */
  readonly protocol: string;
  readonly audience?: string | undefined;
  readonly requestedScopes: readonly string[];
  /** Authentication methods (RFC 8176); undefined: not known, as at a refresh. */
  readonly amr?: readonly string[] | undefined;
  readonly authTimeMs?: number | undefined;
  readonly organization?: { readonly id: string; readonly name: string } | undefined;
  readonly session?: BrowserSession | undefined;
  readonly refreshFamily?: RefreshFamily | undefined;
  readonly authorize?: AuthorizeRequest | undefined;
  /** The value of /continue's `state`; undefined: the sign-in cannot redirect. */
  readonly continueState?: string | undefined;
}

/** The names of `event.authentication.methods` where they differ from `amr`. */
const METHODS: Readonly<Record<string, string>> = { fed: 'federated' };

/** `event` of the trigger post-login, without `secrets`. */
export function toPostLoginEvent(
  deps: ActionDeps,
  situation: LoginSituation,
  user: User,
  metadata: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { state, clock } = deps;
  const { client, audience, amr, organization, session, refreshFamily, request } = situation;
  const [connection] = state.connections.find('name', situation.connection);
  const timestamp = toIso(situation.authTimeMs ?? clock.now());
  const roles = state.authorizations.get(user.user_id)?.roles;
  const about = organization && state.organizations.get(organization.id);
  return {
    ...(amr && {
      authentication: { methods: amr.map((method) => ({ name: METHODS[method] ?? method, timestamp })) },
    }),
    ...(roles && { authorization: { roles: roles.flatMap((id) => state.roles.get(id)?.name ?? []) } }),
    client: clientPart(client),
    ...(connection && { connection: connectionPart(connection) }),
    ...(organization && {
      organization: { ...organization, display_name: about?.display_name, metadata: {} },
    }),
    ...(refreshFamily && { refresh_token: refreshTokenPart(refreshFamily) }),
    request: requestPart(deps, request),
    ...(audience !== undefined && { resource_server: { identifier: audience } }),
    ...(session && { session: sessionPart(session) }),
    stats: { logins_count: user.logins_count },
    tenant: tenantPart(deps),
    transaction: { ...transactionPart(situation), metadata },
    user: userPart(deps, user),
  };
}

const transactionPart = ({ protocol, requestedScopes, authorize }: LoginSituation): object => ({
  protocol,
  requested_scopes: requestedScopes,
  acr_values: authorize?.acr_values ?? [],
  ui_locales: authorize?.ui_locales?.split(' ') ?? [],
  ...(authorize && {
    login_hint: authorize.login_hint,
    prompt: authorize.prompt,
    redirect_uri: authorize.redirect_uri,
    response_mode: authorize.response_mode,
    response_type: authorize.response_types,
    state: authorize.state,
  }),
});

const sessionPart = (session: BrowserSession): object => ({
  id: session.sid,
  user_id: session.user_id,
  authenticated_at: toIso(session.auth_time_ms),
  last_interacted_at: toIso(session.last_used_ms),
  expires_at: toIso(session.expires_ms),
  idle_expires_at: toIso(session.last_used_ms + session.idle_ms),
  clients: session.clients.map((client_id) => ({ client_id })),
  metadata: session.metadata ?? {},
});

const refreshTokenPart = (family: RefreshFamily): object => ({
  id: family.id,
  client_id: family.client_id,
  user_id: family.user_id,
  created_at: toIso(family.created_ms),
  last_exchanged_at: toIso(family.last_used_ms),
  ...(family.expires_ms !== undefined && { expires_at: toIso(family.expires_ms) }),
  ...(family.idle_ms !== undefined && { idle_expires_at: toIso(family.last_used_ms + family.idle_ms) }),
  rotating: family.rotating,
  ...(typeof family.session?.sid === 'string' && { session_id: family.session.sid }),
  resource_servers:
    family.audience === undefined ? [] : [{ audience: family.audience, scopes: family.scope.join(' ') }],
  metadata: family.metadata ?? {},
});
