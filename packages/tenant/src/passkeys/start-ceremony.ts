import type { TenantContext } from '../context.ts';
import { randomHex } from '../lib/random.ts';
import type { Client, Connection } from '../state/settings-documents.ts';
import { parseAccount } from '../users/parse-signup.ts';
import { requireFree } from '../users/sign-up.ts';
import type { Parameters } from '../wire/parameters.ts';
import type { TenantReply } from '../wire/row.ts';
import { beginCeremony, CEREMONY_MS } from './passkey-challenges.ts';
import { relyingPartyId, toUserHandle } from './relying-party.ts';
import { PASSKEY_ALGORITHMS } from './verify-passkey.ts';

const VERIFICATION = 'preferred';

/** Begins a sign-in with a passkey: the options for `navigator.credentials.get`, and the `auth_session` to complete it with. */
export function startSignIn(context: TenantContext, client: Client, connection: Connection): TenantReply {
  const about = { client_id: client.client_id, connection: connection.name };
  const { authSession, challenge } = beginCeremony(context, about);
  return toReply(authSession, {
    challenge,
    timeout: CEREMONY_MS.timeout,
    rpId: relyingPartyId(context),
    userVerification: VERIFICATION,
  });
}

/**
 * Begins a sign-up with a passkey: the options for `navigator.credentials.create`. The account is created when the passkey
 * has been verified. Throws 400 for malformed identifiers, and if the user exists.
 */
export function startSignUp(
  context: TenantContext,
  client: Client,
  connection: Connection,
  parameters: Parameters,
): TenantReply {
  const { given: profile, ...identifiers } = parseAccount(connection, parameters);
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
