import { toEventBody } from '../actions/event-parts.ts';
import { findUserApi, requireUserAccess } from '../authorization/user-api.ts';
import type { TenantContext } from '../context.ts';
import { expiredToken } from '../factors/mfa-errors.ts';
import { type MfaHolder, requireMfaHolder } from '../factors/mfa-holder.ts';
import type { Proof } from '../factors/proof.ts';
import { proveOob } from '../factors/prove-oob.ts';
import { proveOtp } from '../factors/prove-otp.ts';
import { proveRecoveryCode } from '../factors/recovery-codes.ts';
import type { Parameters } from '../wire/parameters.ts';
import type { Grant, GrantResult, TokenRequest } from './grant.ts';
import { completeSignIn } from './user-sign-in.ts';

/** Verifies a factor: synchronous, and errors are returned. */
type Prove<P extends Proof> = (context: TenantContext, holder: MfaHolder, body: Parameters) => P;

/** A grant that completes a sign-in by its second factor; `extra` adds members to the response. */
function mfaGrant<P extends Proof>(
  events: Pick<Grant, 'success' | 'failure'>,
  required: readonly string[],
  prove: Prove<P>,
  extra: (proof: P) => object = () => ({}),
): Grant {
  return {
    ...events,
    publicClients: true,
    async exchange(context, request) {
      const { client, body } = request;
      for (const name of required) body.required(name);
      const holder = await requireMfaHolder(context, client, body.required('mfa_token'));
      const proof = redeem(context, holder, () => prove(context, holder, body));
      const { reply, ...rest } = await completeWithFactor(context, request, holder);
      return { reply: { ...reply, ...extra(proof) }, ...rest };
    },
  };
}

/** Verifies the factor and consumes the `mfa_token` in one synchronous step: of parallel calls only one gets tokens. */
function redeem<P extends Proof>({ state, clock }: TenantContext, holder: MfaHolder, prove: () => P): P {
  const proof = state.transaction(() => {
    const ticket = state.mfaTickets.get(holder.holder);
    if (holder.purpose === 'sign-in' && (!ticket || ticket.expires_ms <= clock.now())) return undefined;
    const made = prove();
    if (!made.refusal) state.mfaTickets.remove(holder.holder);
    return made;
  });
  if (!proof) throw expiredToken(403);
  // Thrown outside of the transaction, so that the cost of a failed attempt is not rolled back.
  if (proof.refusal) throw proof.refusal;
  return proof;
}

function completeWithFactor(
  context: TenantContext,
  { client, body, jkt, ip, userAgent }: TokenRequest,
  holder: MfaHolder,
): Promise<GrantResult> {
  const { audience, scope, gty, connection, actions } = holder.grant;
  const api = findUserApi(context, audience ?? '', () => expiredToken(403));
  if (api) requireUserAccess(context, client, api);
  const { user } = holder;
  return completeSignIn(
    context,
    {
      client,
      user,
      connection,
      api,
      asked: scope,
      gty,
      jkt,
      amr: [...(gty === 'password' ? ['pwd'] : []), 'mfa'],
      protocol: gty === 'password' ? 'oauth2-password' : 'oauth2-resource-owner',
      request: { ip, userAgent, method: 'POST', body: toEventBody(body) },
    },
    actions,
  );
}

/** Auth0's extension: a code of an authenticator app, as second factor or to confirm its enrolment. */
export const mfaOtp = mfaGrant({ success: 'seotpft', failure: 'feotpft' }, ['otp'], (context, holder, body) =>
  proveOtp(context, holder, body.required('otp')),
);

/** Auth0's extension: a sent code, or an answered push. Clients poll it while a push is pending. */
export const mfaOob = mfaGrant(
  { success: 'seoobft', failure: 'feoobft' },
  ['oob_code'],
  (context, holder, body) => proveOob(context, holder, body.required('oob_code'), body.text('binding_code')),
);

/** Auth0's extension: the recovery code as second factor. The response carries the next one. */
export const mfaRecoveryCode = mfaGrant(
  { success: 'sercft', failure: 'fercft' },
  ['recovery_code'],
  (context, holder, body) => proveRecoveryCode(context, holder, body.required('recovery_code')),
  (proof) => ('nextCode' in proof ? { recovery_code: proof.nextCode } : {}),
);
