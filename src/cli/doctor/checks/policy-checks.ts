import { type Check, missingFrom, problemIf } from '../check.ts';
import { findApplication, setApplication } from './application-checks.ts';

const MFA_GRANTS = ['mfa-otp', 'mfa-oob', 'mfa-recovery-code'].map(
  (name) => `http://auth0.com/oauth/grant-type/${name}`,
);

/** Actions send users elsewhere by this function only. */
const REDIRECTING = /\bredirect\s*\.\s*sendUserTo\b/;

const protectionPath = 'Security > Attack Protection';

/** P: requirements of the tenant for sign-ins, and reasons for refusals. */
export const policyChecks: readonly Check[] = [
  {
    id: 'P1',
    wanted: 'where a policy asks for a second factor, the application has the three MFA grant types',
    symptom: 'users with a second factor cannot complete a password sign-in: 502 tenant_misconfigured',
    remedy: 'enable MFA among the grant types of the application',
    dashboard: 'Applications > (app) > Settings > Advanced > Grant Types: MFA.',
    reads: ['mfaPolicies', 'clients'],
    needs: ['C1'],
    async check(facts) {
      const policies = await facts.reads.mfaPolicies();
      if (policies.length === 0) return [];
      const missing = missingFrom((await findApplication(facts))?.grant_types, MFA_GRANTS);
      return problemIf(missing.length > 0, {
        seen: `the policy ${policies.join(', ')}, without ${missing.join(', ')}`,
        fix: setApplication(facts, { grant_types: missing }),
      });
    },
  },
  {
    id: 'P2',
    wanted: 'bot detection does not challenge sign-ins through the API, which cannot show a CAPTCHA',
    symptom: 'password sign-ins answer 502 tenant_misconfigured whenever the tenant suspects a bot',
    remedy: 'set the CAPTCHA policies for password and passwordless flows to Never',
    dashboard: `${protectionPath} > Bot Detection: Password Flow and Passwordless Flow.`,
    reads: ['botDetection'],
    async check({ reads, config }) {
      const bots = await reads.botDetection();
      if (!bots || bots.monitoring_mode_enabled) return [];
      const policies = {
        ...(config.passwordSignin && { password: bots.challenge_password_policy }),
        passwordless: bots.challenge_passwordless_policy,
      };
      const active = Object.entries(policies).filter(([, policy]) => policy !== 'never');
      const wanted = active.map(([flow]) => [`challenge_${flow}_policy`, 'never']);
      return problemIf(active.length > 0, {
        seen: active.map(([flow, policy]) => `${flow} flow: ${policy}`).join(', '),
        fix: { protection: { 'bot-detection': Object.fromEntries(wanted) } },
      });
    },
  },
  {
    id: 'P3',
    level: 'warn',
    wanted: 'the addresses from which the gateway calls the tenant are on the allow list of IP throttling',
    symptom: 'many sign-ups in a minute answer 429 for everybody: they all come from the gateway',
    remedy: 'add the outgoing addresses of the gateway to the allow list',
    dashboard: `${protectionPath} > Suspicious IP Throttling > IP AllowList.`,
    reads: ['suspiciousIp'],
    async check({ reads }) {
      const throttling = await reads.suspiciousIp();
      const isOpen = throttling?.enabled === true && (throttling.allowlist ?? []).length === 0;
      return problemIf(isOpen, { seen: 'throttling is on, and the allow list is empty' });
    },
  },
  {
    id: 'P4',
    wanted: 'brute-force protection and breached password detection are on',
    symptom: 'passwords can be guessed, and leaked ones work',
    remedy: 'switch both on',
    dashboard: `${protectionPath} > Brute-force Protection, and Breached Password Detection.`,
    reads: ['bruteForce', 'breachedPasswords'],
    async check({ reads }) {
      const off = [
        ['brute-force-protection', 'brute-force protection', await reads.bruteForce()],
        ['breached-password-detection', 'breached password detection', await reads.breachedPasswords()],
      ] as const;
      return off
        .filter(([, , protection]) => protection && protection.enabled !== true)
        .map(([name, title]) => ({
          seen: `${title} is off`,
          fix: { protection: { [name]: { enabled: true } } },
        }));
    },
  },
  {
    id: 'P5',
    level: 'warn',
    wanted: 'no action after login redirects, which a password sign-in cannot follow',
    symptom: 'password sign-ins of users whom the action redirects are denied',
    remedy: 'let the action redirect only where api.redirect.canRedirect() says so, or use redirect login',
    dashboard: 'Actions > Triggers > post-login.',
    reads: ['postLoginActions'],
    async check({ reads, config }) {
      const redirecting = (await reads.postLoginActions()).filter(({ code }) => REDIRECTING.test(code));
      return problemIf(config.passwordSignin && redirecting.length > 0, {
        seen: `redirected by ${redirecting.map(({ name }) => name).join(', ')}`,
      });
    },
  },
  {
    id: 'P6',
    level: 'warn',
    wanted: 'the tenant sends mail through a provider of your own',
    symptom: "mails to users come from Auth0's test provider, which is limited and often counts as spam",
    remedy: 'configure a mail provider',
    dashboard: 'Branding > Email Provider.',
    reads: ['emailProvider'],
    async check({ reads }) {
      const provider = await reads.emailProvider();
      if (!provider) return [{ seen: 'no mail provider' }];
      return problemIf(provider.enabled === false, { seen: `the provider ${provider.name} is off` });
    },
  },
];
