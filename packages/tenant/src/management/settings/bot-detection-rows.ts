import { z } from 'zod';
import { DEFAULT_ATTACK_PROTECTION, defined } from '../../state/defaults.ts';
import type { AttackProtection, BotDetection } from '../../state/settings-documents.ts';
import { oneOf, text } from '../body-parts.ts';
import { defineRow, type MakeRows } from '../management-row.ts';

const challenge = oneOf(['never', 'when_risky', 'always']).optional();

const botDetectionBody = z.strictObject({
  bot_detection_level: oneOf(['low', 'medium', 'high']).optional(),
  challenge_password_policy: challenge,
  challenge_passwordless_policy: challenge,
  challenge_password_reset_policy: challenge,
  allowlist: z.array(text(100, 1)).max(100, 'Array is too long, maximum 100').optional(),
  monitoring_mode_enabled: z.boolean().optional(),
});

const DEFAULT_BOT_DETECTION: BotDetection = {
  bot_detection_level: 'medium',
  challenge_password_policy: 'never',
  challenge_passwordless_policy: 'never',
  challenge_password_reset_policy: 'never',
  allowlist: [],
  monitoring_mode_enabled: false,
};

const DEFAULT_CAPTCHA = {
  active_provider_id: 'auth_challenge',
  simple_captcha: {},
  auth_challenge: { fail_open: false },
  recaptcha_v2: { site_key: '' },
  recaptcha_enterprise: { site_key: '', project_id: '' },
  hcaptcha: { site_key: '' },
  friendly_captcha: { site_key: '' },
  arkose: {
    site_key: '',
    client_subdomain: 'client-api',
    verify_subdomain: 'verify-api',
    fail_open: false,
  },
} satisfies Record<string, unknown>;

/** Members of a CAPTCHA provider that are accepted and never returned. */
const SECRET_MEMBERS: ReadonlySet<string> = new Set(['secret', 'api_key']);

const siteKey = { site_key: text(500).optional() };
const withSecret = z.strictObject({ ...siteKey, secret: text(500, 1).optional() }).optional();
const captchaBody = z.strictObject({
  active_provider_id: oneOf([
    'arkose',
    'auth_challenge',
    'friendly_captcha',
    'hcaptcha',
    'recaptcha_v2',
    'recaptcha_enterprise',
    'simple_captcha',
  ]).optional(),
  simple_captcha: z.strictObject({}).optional(),
  auth_challenge: z.strictObject({ fail_open: z.boolean() }).optional(),
  recaptcha_v2: withSecret,
  recaptcha_enterprise: z
    .strictObject({ ...siteKey, project_id: text(500).optional(), api_key: text(500, 1).optional() })
    .optional(),
  hcaptcha: withSecret,
  friendly_captcha: withSecret,
  arkose: z
    .strictObject({
      ...siteKey,
      secret: text(500, 1).optional(),
      client_subdomain: text(500).optional(),
      verify_subdomain: text(500).optional(),
      fail_open: z.boolean().optional(),
    })
    .optional(),
});

type CaptchaBody = z.output<typeof captchaBody>;

const READ_SCOPE = ['read:attack_protection'];
const UPDATE_SCOPE = ['update:attack_protection'];

/** Bot detection and CAPTCHA: stored and returned, without effect. */
export const botDetectionRows: MakeRows = ({ state }) => {
  const read = (): AttackProtection => state.attackProtection.get() ?? DEFAULT_ATTACK_PROTECTION;
  const readBots = (): BotDetection => read().bot_detection ?? DEFAULT_BOT_DETECTION;
  const readCaptcha = (): Readonly<Record<string, unknown>> => read().captcha ?? DEFAULT_CAPTCHA;
  return [
    defineRow({
      method: 'GET',
      path: '/attack-protection/bot-detection',
      scopes: READ_SCOPE,
      handle: () => ({ status: 200, body: readBots() }),
    }),
    defineRow({
      method: 'PATCH',
      path: '/attack-protection/bot-detection',
      title: 'Update bot detection',
      scopes: UPDATE_SCOPE,
      body: botDetectionBody,
      handle: ({ body }) => {
        state.attackProtection.put({ ...read(), bot_detection: { ...readBots(), ...defined(body) } });
        return { status: 200, body: readBots() };
      },
    }),
    defineRow({
      method: 'GET',
      path: '/attack-protection/captcha',
      scopes: READ_SCOPE,
      handle: () => ({ status: 200, body: readCaptcha() }),
    }),
    defineRow({
      method: 'PATCH',
      path: '/attack-protection/captcha',
      title: 'Update CAPTCHA settings',
      scopes: UPDATE_SCOPE,
      body: captchaBody,
      handle: ({ body }) => {
        state.attackProtection.put({ ...read(), captcha: changeCaptcha(readCaptcha(), body) });
        return { status: 200, body: readCaptcha() };
      },
    }),
  ];
};

/** Merges the members of each provider; secrets are not stored, since nothing reads them. */
function changeCaptcha(before: Readonly<Record<string, unknown>>, body: CaptchaBody) {
  const changed = Object.entries(defined(body)).map(([name, value]) => {
    if (typeof value !== 'object') return [name, value];
    const open = Object.entries(value).filter(([member]) => !SECRET_MEMBERS.has(member));
    return [name, { ...Object(before[name]), ...Object.fromEntries(open) }];
  });
  return { ...before, ...Object.fromEntries(changed) };
}
