import { toEventBody } from '../actions/event-parts.ts';
import { changeMetadata, type MetadataChanges } from '../actions/metadata-changes.ts';
import { type ChosenUser, runTokenExchange } from '../actions/run-token-exchange.ts';
import { parseScope, scopeForPassword } from '../authorization/scopes.ts';
import { findUserApi, requireUserAccess } from '../authorization/user-api.ts';
import type { TenantContext } from '../context.ts';
import type { Action } from '../state/action-documents.ts';
import type { Client } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import { type NewProfile, toUser } from '../users/to-user.ts';
import { oauthError } from '../wire/errors.ts';
import type { Grant } from './grant.ts';
import { exchangeOnBehalfOf, isOnBehalfOf } from './on-behalf-of.ts';
import { unknownAudience } from './password.ts';
import { completeSignIn } from './user-sign-in.ts';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/**
 * RFC 8693, as on-behalf-of exchange or as custom token exchange: a profile names the subject token type, and its Action
 * verifies the token and names the user. Without a profile that the client may use, it answers Auth0's error for a missing profile.
 */
export const tokenExchange: Grant = {
  success: 'secte',
  failure: 'fecte',
  publicClients: true,
  async exchange(context, tokenRequest) {
    const { client, body, jkt, ip, userAgent } = tokenRequest;
    const subjectToken = body.required('subject_token');
    const subjectTokenType = body.required('subject_token_type');
    if (isOnBehalfOf(client, subjectTokenType)) return exchangeOnBehalfOf(context, tokenRequest);
    const action = findProfileAction(context, client, subjectTokenType);
    if (!action)
      throw oauthError(
        400,
        'invalid_request',
        'Invalid subject_token_type and requested_token_type combination.',
        { hint: 'token_exchange_profile' },
      );
    const api = findUserApi(context, body.text('audience'), unknownAudience);
    if (api) requireUserAccess(context, client, api);
    const scope = scopeForPassword(parseScope(body.raw('scope')), api);
    const { subject_token: _secret, actor_token: _other, ...shown } = toEventBody(body);
    const request = { ip, userAgent, method: 'POST', body: shown };
    const requestedTokenType = body.text('requested_token_type');
    const exchange = {
      action,
      client,
      api,
      request,
      subjectToken,
      subjectTokenType,
      requestedTokenType,
      scope,
    };
    const { chosen, changes } = await runTokenExchange(context, exchange);
    const user = putChosen(context, chosen, changes);
    if (user.blocked === true)
      throw oauthError(401, 'unauthorized', 'user is blocked', {
        hint: 'user_blocked',
        userId: user.user_id,
      });
    return completeSignIn(context, {
      client,
      user,
      connection: user.identities[0]?.connection ?? '',
      api,
      asked: scope,
      gty: GRANT_TYPE,
      jkt,
      amr: [],
      protocol: 'oauth2-token-exchange',
      request,
    });
  },
};

/** The deployed Action of the profile for a subject token type, if the client may use such profiles. */
function findProfileAction({ state }: TenantContext, client: Client, type: string): Action | undefined {
  const settings: unknown = client.extra?.['token_exchange'];
  const allowed: unknown = Reflect.get(Object(settings), 'allow_any_profile_of_type');
  if (!Array.isArray(allowed) || !allowed.includes('custom_authentication')) return undefined;
  const profile = state.kept
    .find('kind', '/token-exchange-profiles')
    .find(({ body }) => body['subject_token_type'] === type);
  const action = state.actions.get(String(profile?.body['action_id']));
  return action?.deployed_version && action;
}

/** The user that the Action has named, with its metadata. Throws 400 `invalid_request` if there is none. */
function putChosen({ state, clock }: TenantContext, chosen: ChosenUser, changes: MetadataChanges): User {
  return state.transaction(() => {
    const user = 'id' in chosen ? state.users.get(chosen.id) : findOrMake({ state, clock }, chosen);
    if (!user) throw oauthError(400, 'invalid_request', 'The user does not exist.');
    const changed = changeMetadata(user, changes);
    state.users.put(changed);
    return changed;
  });
}

function findOrMake(
  { state, clock }: Pick<TenantContext, 'state' | 'clock'>,
  { connection: name, profile, isCreated }: Extract<ChosenUser, { connection: string }>,
): User | undefined {
  const [connection] = state.connections.find('name', name);
  if (!connection || typeof profile['user_id'] !== 'string') return undefined;
  const { user_id: id, ...rest } = profile;
  const known = state.users.get(`${connection.strategy}|${id}`) ?? state.users.get(id);
  if (known || !isCreated) return known;
  return toUser({
    connection,
    id: `${connection.strategy}|${id}`,
    now: new Date(clock.now()),
    profile: toProfile(rest),
  });
}

const TEXTS = [
  'email',
  'username',
  'phone_number',
  'name',
  'nickname',
  'given_name',
  'family_name',
  'picture',
] as const;
const FLAGS = ['email_verified', 'phone_verified'] as const;

/** The known members of a profile that have the right type. */
const toProfile = (given: Readonly<Record<string, unknown>>): NewProfile =>
  Object.fromEntries([
    ...TEXTS.flatMap((name) => (typeof given[name] === 'string' ? [[name, given[name]] as const] : [])),
    ...FLAGS.flatMap((name) => (typeof given[name] === 'boolean' ? [[name, given[name]] as const] : [])),
  ]);
