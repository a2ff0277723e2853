import { confirmLogoutPage } from '../../src/pages/confirm-logout-page.ts';
import { confirmPage } from '../../src/pages/confirm-page.ts';
import { consentPage } from '../../src/pages/consent-page.ts';
import { deviceCodePage, deviceConfirmPage, deviceEndPage } from '../../src/pages/device-pages.ts';
import { formPostPage } from '../../src/pages/form-post-page.ts';
import { mailLinkPage } from '../../src/pages/mail-link-page.ts';
import { messagePage } from '../../src/pages/message-page.ts';
import { mfaChoicePage } from '../../src/pages/mfa-choice-page.ts';
import { mfaCodePage } from '../../src/pages/mfa-code-page.ts';
import { mfaEnrolPage } from '../../src/pages/mfa-enrol-page.ts';
import { mfaPushPage } from '../../src/pages/mfa-push-page.ts';
import {
  invitationPage,
  organizationPage,
  organizationPickerPage,
} from '../../src/pages/organization-pages.ts';
import { passwordlessCodePage, passwordlessStartPage } from '../../src/pages/passwordless-page.ts';
import { pushPage } from '../../src/pages/push-page.ts';
import { newRecoveryCodePage, recoveryCodePage } from '../../src/pages/recovery-code-page.ts';
import { resetPasswordPage } from '../../src/pages/reset-password-page.ts';
import { resetRequestPage } from '../../src/pages/reset-request-page.ts';
import { signInPage } from '../../src/pages/sign-in-page.ts';
import { signUpPage } from '../../src/pages/sign-up-page.ts';
import { SIMULATED_IDENTITIES } from '../../src/pages/simulated-identities.ts';
import { simulatorPage } from '../../src/pages/simulator-page.ts';
import { webMessagePage } from '../../src/pages/web-message-page.ts';
import { explainPassword } from '../../src/users/password-rules.ts';
import type { TenantReply } from '../../src/wire/row.ts';

const step = { state: 'a-state', application: 'Calendar' };
const rules = (password: string) => explainPassword({ passwordPolicy: 'excellent' }, password);
const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const connections = [
  { name: 'simulated-social', label: 'Simulated social' },
  { name: 'email', label: 'a code by email' },
];
const requests = [
  { name: 'Your profile', scopes: [{ value: 'openid', description: 'Know who you are' }] },
  {
    name: 'World Mappers',
    scopes: [
      { value: 'geocode:location', description: 'Find the coordinates of places' },
      { value: 'reverse-geocode:location', description: 'Find the place at given coordinates' },
      { value: 'directions' },
    ],
  },
];
/** A name of maximum length without a break opportunity. */
const long = 'W'.repeat(120);

/** Every page in each of its variants. */
export const pageSamples: Readonly<Record<string, TenantReply>> = {
  'sign-in': signInPage({
    ...step,
    identifiers: ['email', 'username'],
    connections,
    signUpHref: '/u/signup?state=a-state',
    resetHref: '/u/reset-password/request?state=a-state',
  }),
  'sign-in-refused': signInPage({
    ...step,
    status: 400,
    identifiers: ['email'],
    username: 'ann@example.com',
    resetHref: '/u/reset-password/request?state=a-state',
    error: 'Wrong email or password.',
  }),
  'sign-in-passkey': signInPage({ ...step, identifiers: ['email'], passkey: true }),
  'sign-in-connections-only': signInPage({ ...step, identifiers: [], connections }),
  'sign-in-long': signInPage({
    state: 'a-state',
    application: long,
    identifiers: ['email', 'username', 'phone_number'],
    username: long,
    connections: [{ name: 'long', label: long }],
    error: long,
  }),
  'sign-up': signUpPage({ ...step, identifiers: ['email'], rules: rules(''), signInHref: '/u/login' }),
  'sign-up-refused': signUpPage({
    ...step,
    status: 400,
    identifiers: ['email', 'username', 'phone_number'],
    values: { email: 'ann@example.com', username: 'ann', phone_number: '123' },
    problems: {
      phone_number: 'Start with + and the country code.',
      password: 'This password is too weak.',
    },
    rules: rules('aaaab1'),
    showResults: true,
    signInHref: '/u/login',
  }),
  consent: consentPage({ ...step, user: 'ann@example.com', destination: 'calendar.example', requests }),
  'consent-long': consentPage({
    state: 'a-state',
    application: long,
    user: long,
    destination: long,
    requests: [{ name: long, scopes: [{ value: long, description: long }] }],
  }),
  confirm: confirmPage({
    ...step,
    user: 'ann@example.com',
    destination: 'http://localhost:3000/callback',
  }),
  'mfa-code': mfaCodePage({ ...step, channel: 'otp', otherFactors: true }),
  'mfa-code-refused': mfaCodePage({
    ...step,
    status: 400,
    channel: 'sms',
    recipient: 'XXXXXXXX0200',
    otherFactors: true,
    error: 'That code is not right. Check it and try again.',
  }),
  'mfa-choice': mfaChoicePage({
    ...step,
    purpose: 'challenge',
    factors: [
      { id: 'totp|dev_1', kind: 'otp' },
      { id: 'sms|dev_2', kind: 'sms', detail: 'XXXXXXXX0200' },
      { id: 'email|dev_3', kind: 'email', detail: 'ann***@exam***' },
      { id: 'recovery-code|dev_4', kind: 'recovery-code' },
    ],
  }),
  'mfa-enrol-choice': mfaChoicePage({
    ...step,
    purpose: 'enrol',
    factors: [
      { id: 'otp', kind: 'otp' },
      { id: 'sms', kind: 'sms' },
    ],
  }),
  'mfa-enrol': mfaEnrolPage({
    ...step,
    kind: 'otp',
    secret,
    uri: `otpauth://totp/Acme:ann%40example.com?secret=${secret}&issuer=Acme&algorithm=SHA1&digits=6&period=30`,
    otherFactors: true,
    error: 'That code is not right. Check it and try again.',
  }),
  'mfa-enrol-phone': mfaEnrolPage({ ...step, kind: 'sms', otherFactors: true }),
  'mfa-enrol-email': mfaEnrolPage({ ...step, kind: 'email', otherFactors: false }),
  'mfa-push': mfaPushPage({ ...step, otherFactors: true }),
  push: pushPage({ ticket: 't', user: 'ann@example.com', enrols: false }),
  'push-enrols': pushPage({ ticket: 't', user: 'ann@example.com', enrols: true }),
  'recovery-code': recoveryCodePage({ ...step, otherFactors: true }),
  'recovery-code-new': newRecoveryCodePage({ ...step, code: 'K7QF2MZX9RTB4WNE3HSD6VYC' }),
  'passwordless-start': passwordlessStartPage({
    ...step,
    connection: 'sms',
    channel: 'sms',
    signInHref: '/u/login',
  }),
  'passwordless-code': passwordlessCodePage({
    ...step,
    channel: 'email',
    recipient: 'ann@example.com',
  }),
  'reset-password': resetPasswordPage({ ticket: 't', user: 'ann@example.com', rules: rules('') }),
  'reset-password-refused': resetPasswordPage({
    ticket: 't',
    user: 'ann@example.com',
    rules: rules('aaaab1'),
    showResults: true,
    problems: { password: 'This password is too weak.', password_confirm: 'The passwords do not match.' },
  }),
  'mail-link': mailLinkPage({
    action: '/u/email-verification',
    ticket: 't',
    heading: 'Verify your email',
    text: 'Confirm that this is your address:',
    button: 'Verify',
    email: 'a.very.long.address.that.does.not.fit.into.one.line@example.com',
  }),
  'reset-request': resetRequestPage({ hidden: { state: 'a-state' }, signInHref: '/u/login' }),
  simulator: simulatorPage({
    ...step,
    connection: { name: 'simulated-social', label: 'Simulated social', kind: 'social' },
    identities: SIMULATED_IDENTITIES,
  }),
  'message-error': messagePage({
    tone: 'error',
    status: 403,
    heading: 'Callback URL mismatch.',
    text: 'The address that the application wants the answer at is not one of its own.',
    details: [
      { label: 'Sent', value: 'http://localhost:3000/a/callback/that/is/rather/long?and=more' },
      { label: 'Error', value: 'invalid_request' },
    ],
  }),
  'message-done': messagePage({
    tone: 'done',
    heading: 'Password changed',
    text: ['You can sign in with the new one.', 'You have been signed out everywhere.'],
    link: { href: '/u/login?state=a-state', label: 'Sign in' },
  }),
  'message-plain': messagePage({ tone: 'plain', heading: 'Signed out', text: 'You may close this window.' }),
  organization: organizationPage({ ...step, mayBePersonal: true }),
  'organization-refused': organizationPage({
    ...step,
    status: 400,
    value: 'nowhere',
    error: 'The organization you entered is invalid',
    mayBePersonal: false,
  }),
  'organization-picker': organizationPickerPage({
    ...step,
    organizations: [
      { id: 'org_acme', label: 'Acme' },
      { id: 'org_long', label: long },
    ],
    mayBePersonal: true,
  }),
  invitation: invitationPage({
    ...step,
    organization: 'Acme',
    inviter: 'Ann',
    email: 'a.very.long.address.that.does.not.fit.into.one.line@example.com',
  }),
  'device-code': deviceCodePage({}),
  'device-code-refused': deviceCodePage({
    status: 400,
    value: 'BCDF-GHJK',
    error: 'The code is wrong, or it has expired.',
  }),
  'device-confirm': deviceConfirmPage({ userCode: 'BCDF-GHJK', application: 'Television' }),
  'device-connected': deviceEndPage(true),
  'device-refused': deviceEndPage(false),
  'confirm-logout': confirmLogoutPage({
    action: '/oidc/logout',
    hidden: { state: 'a-state' },
    user: 'ann@example.com',
  }),
  // Before its script has run, as in a browser without scripts.
  'form-post': formPostPage({
    redirectUri: 'http://localhost:9/callback',
    parameters: { code: 'c', state: 's' },
  }),
  'web-message': webMessagePage({
    targetOrigin: 'http://localhost:9',
    response: { error: 'login_required', state: 's' },
  }),
};
