import type { Body } from './kept-resource.ts';
import type { KeptSetting } from './kept-setting.ts';

const factorScopes = { read: ['read:guardian_factors'], update: ['update:guardian_factors'] };

const factor = (path: string, defaults: Body = {}, more: Partial<KeptSetting> = {}): KeptSetting => ({
  path: `/guardian/factors/${path}`,
  ...factorScopes,
  changes: ['PUT'],
  defaults,
  ...more,
});

const nothing = (): Body => ({});
const withoutP12 = ({ p12: _p12, ...body }: Body): Body => body;

const MESSAGES = {
  enrollment_message:
    '{{code}} is your verification code for {{tenant.friendly_name}}. Please enter this code to verify your enrollment.',
  verification_message: '{{code}} is your verification code for {{tenant.friendly_name}}.',
};

const guardian: KeptSetting[] = [
  factor('duo/settings', { ikey: '', skey: '', host: '' }, { changes: ['PUT', 'PATCH'] }),
  factor('phone/selected-provider', { provider: 'auth0' }),
  factor('phone/providers/twilio'),
  factor('phone/templates', MESSAGES),
  factor('sms/selected-provider', { provider: 'auth0' }),
  factor('sms/providers/twilio'),
  factor('sms/templates', MESSAGES),
  factor('push-notification/selected-provider', { provider: 'guardian' }),
  factor('push-notification/providers/apns', {}, { changes: ['PUT', 'PATCH'], show: withoutP12 }),
  factor('push-notification/providers/fcm', {}, { changes: ['PUT', 'PATCH'], isHidden: true, show: nothing }),
  factor(
    'push-notification/providers/fcmv1',
    {},
    { changes: ['PUT', 'PATCH'], isHidden: true, show: nothing },
  ),
  factor('push-notification/providers/sns', {}, { changes: ['PUT', 'PATCH'] }),
  factor('webauthn-platform/settings', { overrideRelyingParty: false }),
  factor('webauthn-roaming/settings', { userVerification: 'preferred', overrideRelyingParty: false }),
];

const prompts = { read: ['read:prompts'], update: ['update:prompts'] };

/** Every setting that is stored and returned, without effect. */
export const KEPT_SETTINGS: readonly KeptSetting[] = [
  ...guardian,
  {
    path: '/branding',
    read: ['read:branding'],
    update: ['update:branding'],
    changes: ['PATCH'],
    defaults: {},
    merged: ['colors'],
  },
  { path: '/prompts/:prompt/custom-text/:language', ...prompts, changes: ['PUT'], defaults: {} },
  { path: '/prompts/:prompt/partials', ...prompts, changes: ['PUT'], defaults: {}, show: withoutEmpty },
  {
    path: '/risk-assessments/settings',
    read: ['read:attack_protection'],
    update: ['update:attack_protection'],
    changes: ['PATCH'],
    defaults: { enabled: false },
  },
  {
    path: '/risk-assessments/settings/new-device',
    read: ['read:attack_protection'],
    update: ['update:attack_protection'],
    changes: ['PATCH'],
    defaults: { remember_for: 30 },
  },
  {
    path: '/supplemental-signals',
    read: ['read:attack_protection'],
    update: ['update:attack_protection'],
    changes: ['PATCH'],
    defaults: { akamai_enabled: false },
  },
  {
    path: '/self-service-profiles/:id/custom-text/:language/:page',
    read: ['read:self_service_profile_custom_texts'],
    update: ['update:self_service_profile_custom_texts'],
    changes: ['PUT'],
    defaults: {},
  },
];

/** Without screens that have no partial. */
function withoutEmpty(body: Body): Body {
  const isEmpty = (value: unknown) =>
    typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return Object.fromEntries(Object.entries(body).filter(([, value]) => !isEmpty(value)));
}
