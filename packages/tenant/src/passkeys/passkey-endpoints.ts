import { authenticateClient } from '../clients/authenticate-client.ts';
import { requireGrantAllowed } from '../clients/require-grant-allowed.ts';
import type { TenantContext } from '../context.ts';
import { randomHex } from '../lib/random.ts';
import { requireNoOrganization } from '../organizations/token-organization.ts';
import type { Client } from '../state/settings-documents.ts';
import { parseAccount } from '../users/parse-signup.ts';
import { requireFree } from '../users/sign-up.ts';
import { requireSignupConnection } from '../users/signup-connection.ts';
import { oauthError } from '../wire/errors.ts';
import { toParameters } from '../wire/parameters.ts';
import type { Endpoint, TenantReply, TenantRequest } from '../wire/row.ts';
import { beginCeremony, CEREMONY_MS } from './passkey-challenges.ts';
import { requirePasskeyConnection, WEBAUTHN_GRANT } from './passkey-connection.ts';
import { toSignUpError } from './passkey-errors.ts';
import { relyingPartyId, toUserHandle } from './relying-party.ts';
import { PASSKEY_ALGORITHMS } from './verify-passkey.ts';

const VERIFICATION = 'preferred';

/** POST /passkey/register and /passkey/challenge: the first steps of a sign-up and of a sign-in with a passkey. */
export function passkeyEndpoints(context: TenantContext): Endpoint[] {
  const row = (path: string, start: (client: Client, request: TenantRequest) => TenantReply): Endpoint => ({
    method: 'POST',
    path,
    forBrowsers: true,
    async handle(request) {
      const { body, headers } = request;
      const authenticated = await authenticateClient(context, body, headers.authorization);
      requireGrantAllowed(authenticated, WEBAUTHN_GRANT, true);
      requireNoOrganization(authenticated.client, body);
      return start(authenticated.client, request);
    },
  });
  return [
    row('/passkey/register', (client, { body }) => {
      try {
        return startSignUp(context, client, body);
      } catch (error) {
        throw toSignUpError(error);
      }
    }),
    row('/passkey/challenge', (client, { body }) => {
      const connection = requirePasskeyConnection(context, client, body.text('realm'));
      const about = { client_id: client.client_id, connection: connection.name };
      const { authSession, challenge } = beginCeremony(context, about);
      return toReply(authSession, {
        challenge,
        timeout: CEREMONY_MS.timeout,
        rpId: relyingPartyId(context),
        userVerification: VERIFICATION,
      });
    }),
  ];
}

function startSignUp(context: TenantContext, client: Client, body: TenantRequest['body']): TenantReply {
  const connection = requirePasskeyConnection(context, client, body.text('realm'));
  requireSignupConnection(context, client.client_id, connection.name);
  const given = body.raw('user_profile');
  if (typeof given !== 'object' || given === null)
    throw oauthError(400, 'invalid_request', 'user_profile must be an object');
  const { given: profile, ...identifiers } = parseAccount(
    connection,
    toParameters({ ...given, user_metadata: body.raw('user_metadata') }),
  );
  const account = { id: randomHex(12), profile: { ...profile, ...identifiers } };
  requireFree(context, connection, account.profile);
  const about = { client_id: client.client_id, connection: connection.name, account };
  const { authSession, challenge } = beginCeremony(context, about);
  const { email, username, phone_number } = identifiers;
  const name = email ?? username ?? phone_number ?? '';
  return toReply(authSession, {
    challenge,
    timeout: CEREMONY_MS.timeout,
    rp: { id: relyingPartyId(context), name: context.state.settings.get()?.friendly_name ?? '' },
    user: { id: toUserHandle(account.id), name, displayName: profile.name ?? name },
    pubKeyCredParams: PASSKEY_ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
    authenticatorSelection: { residentKey: 'required', userVerification: VERIFICATION },
  });
}

const toReply = (auth_session: string, authn_params_public_key: object): TenantReply => ({
  body: { auth_session, authn_params_public_key },
  headers: { 'cache-control': 'no-store' },
});
