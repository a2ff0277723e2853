import { renderSVG } from 'uqr';
import type { Enrolment, EnrolmentRequest, Mfa } from '../../auth0/mfa.ts';
import type { RequestInfo } from '../../http/route.ts';
import type { CodeLimits } from '../code-limits.ts';
import { type MfaHandle, toAccount } from '../second-factor.ts';
import type { AssociateBody } from './mfa-schemas.ts';

export interface EnrolFactorDeps {
  readonly auth0: Pick<Mfa, 'associate'>;
  readonly codes: Pick<CodeLimits, 'send'>;
}

export interface EnrolledFactor {
  readonly enrolment: Enrolment & Pick<EnrolmentRequest, 'type'> & { readonly qr_svg: string | undefined };
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Starts the enrolment of a user's first factor. A code of the factor confirms it.
 * @throws GatewayError `mfa_expired`, `mfa_already_enrolled`, `rate_limited`, `validation_failed` for what the tenant does
 * not offer
 */
export async function enrolFactor(
  { auth0, codes }: EnrolFactorDeps,
  handle: MfaHandle,
  body: AssociateBody,
  { ip }: RequestInfo,
): Promise<EnrolledFactor> {
  const { mfa_handle: _, ...wanted }: EnrolmentRequest & { mfa_handle: string } = body;
  const { type } = wanted;
  const associate = () => auth0.associate(handle.mfaToken, wanted);
  const { sent, headers } =
    type === 'otp'
      ? { sent: await associate(), headers: {} }
      : await codes.send(toRecipient(wanted, handle), ip, associate);
  const { otpauth_uri } = sent;
  const qr_svg = otpauth_uri === undefined ? undefined : renderSVG(otpauth_uri);
  return { enrolment: { type, ...sent, qr_svg }, headers };
}

/** The recipient of the code. */
const toRecipient = ({ phone_number, email }: Omit<EnrolmentRequest, 'type'>, handle: MfaHandle): string =>
  phone_number ?? email?.toLowerCase() ?? toAccount(handle) ?? handle.id;
