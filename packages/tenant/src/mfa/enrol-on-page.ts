import { type Enrolment, enrol } from '../factors/enrol.ts';
import { type FactorType, readGuardian } from '../factors/guardian.ts';
import { toBarcodeUri } from '../factors/totp.ts';
import { type FactorChoice, mfaChoicePage } from '../pages/mfa-choice-page.ts';
import { mfaEnrolPage } from '../pages/mfa-enrol-page.ts';
import type { Authenticator } from '../state/factor-documents.ts';
import { isEmailAddress, isPhoneNumber } from '../users/addresses.ts';
import type { TenantReply } from '../wire/row.ts';
import type { FactorSignIn } from './factor-sign-in.ts';
import { factorsOf, type Problem, showFactor } from './show-factor.ts';

const KINDS = {
  otp: 'otp',
  phone: 'sms',
  'push-notification': 'push',
  email: 'email',
  'recovery-code': 'recovery-code',
} as const satisfies Record<FactorType, FactorChoice['kind']>;

/** The page that lists the factors to enrol, or the enrolment page if there is only one. */
export function showEnrolment(signIn: FactorSignIn): TenantReply {
  const types = typesOf(signIn);
  const [only] = types;
  if (only !== undefined && types.length === 1) return beginEnrolment(signIn, only);
  const factors = types.map((id) => ({ id, kind: KINDS[id] }));
  return mfaChoicePage({ ...signIn.model, purpose: 'enrol', factors });
}

/** The enrollable factor with this name; undefined if it may not be enrolled. */
export const enrollable = (signIn: FactorSignIn, name: string | undefined): FactorType | undefined =>
  typesOf(signIn).find((type) => type === name);

const typesOf = ({ step }: FactorSignIn): readonly FactorType[] => (step?.kind === 'enrol' ? step.types : []);

/** The page that sets up a factor. */
export function beginEnrolment(signIn: FactorSignIn, type: FactorType, problem?: Problem): TenantReply {
  const { context, user, model } = signIn;
  const page = { ...model, ...problem, hidden: { factor: type }, otherFactors: typesOf(signIn).length > 1 };
  if (type === 'otp') {
    const { secret = '' } = pendingApp(signIn) ?? enrol(context, user, { type: 'otp' });
    const issuer = context.state.settings.get()?.friendly_name ?? '';
    const uri = toBarcodeUri(secret, issuer, user.email ?? user.name);
    return mfaEnrolPage({ ...page, kind: 'otp', secret, uri });
  }
  if (type === 'push-notification') return send(signIn, { type: 'oob', channel: 'auth0' });
  const typed = signIn.request.body.text(type === 'email' ? 'email' : 'phone_number');
  const recipient = typed ?? (type === 'email' ? user.email : user.phone_number);
  return mfaEnrolPage({ ...page, kind: type === 'email' ? 'email' : 'sms', recipient });
}

/** The unconfirmed authenticator app; undefined for a push device, whose app is confirmed with it. */
export function pendingApp(signIn: FactorSignIn): Authenticator | undefined {
  const waiting = factorsOf(signIn);
  const devices = new Set(waiting.flatMap((own) => (own.oob_channel ? [own.enrolment] : [])));
  return waiting.find(({ secret, enrolment }) => secret !== undefined && !devices.has(enrolment));
}

/** Stores the address that codes go to, and sends the first one. */
export function enrolAddress(signIn: FactorSignIn, type: 'phone' | 'email'): TenantReply {
  const { body } = signIn.request;
  const typed =
    type === 'email'
      ? (body.text('email') ?? '').trim()
      : (body.text('phone_number') ?? '').replaceAll(/[\s()-]/g, '');
  const isGood = type === 'email' ? isEmailAddress(typed) : isPhoneNumber(typed);
  if (!isGood) {
    const error =
      type === 'email' ? 'Enter an email address.' : 'Enter a phone number with the country code.';
    return beginEnrolment(signIn, type, { status: 400, error });
  }
  const bySms = readGuardian(signIn.context).phone_message_types.includes('sms');
  const channel = type === 'email' ? 'email' : bySms ? 'sms' : 'voice';
  return send(signIn, { type: 'oob', channel, address: type === 'email' ? typed.toLowerCase() : typed });
}

const send = (signIn: FactorSignIn, wanted: Enrolment): TenantReply =>
  showFactor(signIn, enrol(signIn.context, signIn.user, wanted), { resend: true });
