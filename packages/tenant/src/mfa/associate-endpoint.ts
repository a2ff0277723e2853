import { authenticateClient } from '../clients/authenticate-client.ts';
import type { TenantContext } from '../context.ts';
import { hasEnrolled } from '../factors/authenticators.ts';
import { type Enrolment, enrol } from '../factors/enrol.ts';
import { isUsable, readGuardian } from '../factors/guardian.ts';
import { makeChallenge } from '../factors/make-challenge.ts';
import { otherClientsToken } from '../factors/mfa-errors.ts';
import { makeFirstRecoveryCode } from '../factors/recovery-codes.ts';
import { toBarcodeUri, toPushUri } from '../factors/totp.ts';
import type { Authenticator, OobChannel } from '../state/factor-documents.ts';
import type { User } from '../state/user-documents.ts';
import { isEmailAddress, isPhoneNumber } from '../users/addresses.ts';
import { missingParameter, oauthError } from '../wire/errors.ts';
import type { Parameters } from '../wire/parameters.ts';
import type { Endpoint, TenantRequest } from '../wire/row.ts';
import { type MfaBearer, requireMfaBearer } from './require-mfa-bearer.ts';

/**
 * POST /mfa/associate: starts an enrolment, which the MFA grant confirms. An `mfa_token` can enrol only a first factor;
 * a user with a confirmed factor needs an access token with the scope `enroll`.
 */
export const associateEndpoint = (context: TenantContext): Endpoint => ({
  method: 'POST',
  path: '/mfa/associate',
  forBrowsers: true,
  async handle(request) {
    const bearer = await requireMfaBearer(context, request, 'enroll', true);
    await requireSameClient(context, request, bearer);
    const { user, isMfaToken, clientId } = bearer;
    if (isMfaToken && hasEnrolled(context, user))
      throw oauthError(403, 'access_denied', 'User is already enrolled.', { userId: user.user_id });
    const wanted = parseEnrolment(context, request.body, user);
    const body = context.state.transaction(() => {
      const code = makeFirstRecoveryCode(context, user);
      const made = enrol(context, user, wanted);
      return { ...toReply(context, bearer, made), ...(code !== undefined && { recovery_codes: [code] }) };
    });
    context.log.record({ type: 'gd_start_enroll', user_id: user.user_id, client_id: clientId });
    return { body, headers: { 'cache-control': 'no-store' } };
  },
});

/** Authenticates a client that names itself, which must be the token's client. SDKs may omit the client. */
async function requireSameClient(
  context: TenantContext,
  { body, headers }: TenantRequest,
  { clientId }: MfaBearer,
): Promise<void> {
  if (body.text('client_id') === undefined && body.text('client_assertion') === undefined) return;
  const named = /^basic /i.test(headers.authorization ?? '') ? headers.authorization : undefined;
  const { client } = await authenticateClient(context, body, named);
  if (client.client_id !== clientId) throw otherClientsToken();
}

const CHANNELS: ReadonlySet<unknown> = new Set<OobChannel>(['sms', 'voice', 'email', 'auth0']);
const isChannel = (value: unknown): value is OobChannel => CHANNELS.has(value);

function parseEnrolment(context: TenantContext, body: Parameters, user: User): Enrolment {
  const types = requireList(body, 'authenticator_types');
  const guardian = readGuardian(context);
  const allows = (own: Pick<Authenticator, 'authenticator_type' | 'oob_channel'>): boolean =>
    isUsable(guardian, own);
  if (types.includes('otp') && allows({ authenticator_type: 'otp' })) return { type: 'otp' };
  if (!types.includes('oob')) throw unsupported();
  const channel = requireList(body, 'oob_channels')
    .filter(isChannel)
    .find((oob_channel) => allows({ authenticator_type: 'oob', oob_channel }));
  if (channel === undefined) throw unsupported();
  return { type: 'oob', channel, address: parseAddress(channel, body, user) };
}

const unsupported = () =>
  oauthError(400, 'unsupported_challenge_type', 'None of the requested authenticator types is enabled.', {
    hint: 'mfa_factor_disabled',
  });

function parseAddress(channel: OobChannel, body: Parameters, user: User): string | undefined {
  if (channel === 'auth0') return undefined;
  const name = channel === 'email' ? 'email' : 'phone_number';
  const address = channel === 'email' ? (body.text(name) ?? user.email) : body.text(name);
  if (address === undefined) throw missingParameter(name);
  const isGood = channel === 'email' ? isEmailAddress(address) : isPhoneNumber(address);
  if (!isGood) throw oauthError(400, 'invalid_request', `Invalid ${name}`);
  return channel === 'email' ? address.toLowerCase() : address;
}

function requireList(body: Parameters, name: string): unknown[] {
  const list: unknown = body.raw(name);
  if (list === undefined || list === null) throw missingParameter(name);
  if (!Array.isArray(list) || list.length === 0)
    throw oauthError(400, 'invalid_request', `${name} must be an array`);
  return list;
}

function toReply(context: TenantContext, { user, holder }: MfaBearer, made: Authenticator): object {
  const issuer = context.state.settings.get()?.friendly_name ?? '';
  const account = user.email ?? user.name;
  if (made.secret !== undefined) {
    const barcode_uri = toBarcodeUri(made.secret, issuer, account);
    return { authenticator_type: 'otp', secret: made.secret, barcode_uri };
  }
  const { oobCode, bindingMethod } = makeChallenge(context, user, made, holder);
  const binding =
    bindingMethod === undefined
      ? { barcode_uri: toPushUri(issuer, account, context.issuer) }
      : { binding_method: bindingMethod };
  return { authenticator_type: 'oob', oob_channel: made.oob_channel, oob_code: oobCode, ...binding };
}
