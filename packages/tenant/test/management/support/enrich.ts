import { join } from 'node:path';
import type { TestTenant } from '../../support/start-test-tenant.ts';
import { textOf } from '../../support/start-test-tenant.ts';
import { deploySeed } from './deploy-seed.ts';

/** `deploySeed` with organizations and deployed Actions. */
export const richSeed = {
  ...deploySeed,
  actions: join(import.meta.dirname, '../../../examples/actions'),
  clients: deploySeed.clients.map((client) =>
    client.client_id === 'acme-jobs' ? { ...client, organization_usage: 'allow' } : client,
  ),
  client_grants: deploySeed.client_grants.map((grant) =>
    grant.audience === 'https://orders.example/' && grant.client_id === 'acme-jobs'
      ? { ...grant, organization_usage: 'allow' }
      : grant,
  ),
  organizations: [
    {
      name: 'north',
      display_name: 'North',
      branding: { colors: { primary: '#0059d6', page_background: '#ffffff' } },
      metadata: { region: 'north' },
      connections: [{ name: 'Staff', assign_membership_on_login: true, show_as_button: false }],
    },
    { name: 'south', display_name: 'South', connections: [] },
  ],
};

const template = {
  template: 'verify_email',
  body: '<p>Hello {{ user.name }}</p>',
  from: 'hello@acme.example',
  subject: 'Verify',
  syntax: 'liquid',
  enabled: true,
};

/** What a seed does not have, as calls of the Management API. */
const CALLS: readonly (readonly [string, string, object])[] = [
  ['PATCH', 'attack-protection/brute-force-protection', { max_attempts: 5, allowlist: ['203.0.113.7'] }],
  ['PATCH', 'attack-protection/suspicious-ip-throttling', { allowlist: ['203.0.113.0/24'] }],
  ['PATCH', 'attack-protection/breached-password-detection', { enabled: true, shields: ['block'] }],
  ['PATCH', 'attack-protection/bot-detection', { bot_detection_level: 'high' }],
  ['PATCH', 'attack-protection/captcha', { active_provider_id: 'auth_challenge' }],
  ['PATCH', 'branding', { colors: { primary: '#0059d6', page_background: '#eeeeee' } }],
  ['PATCH', 'prompts', { universal_login_experience: 'new', identifier_first: false }],
  ['PUT', 'prompts/login/custom-text/en', { login: { title: 'Welcome to Acme' } }],
  [
    'POST',
    'emails/provider',
    {
      name: 'smtp',
      enabled: true,
      default_from_address: 'hello@acme.example',
      credentials: { smtp_host: 'mail.acme.example', smtp_port: 587, smtp_user: 'acme' },
    },
  ],
  ['POST', 'email-templates', template],
  ['PUT', 'guardian/policies', ['all-applications']],
  ['PUT', 'guardian/factors/push-notification', { enabled: false }],
  ['PUT', 'guardian/factors/phone/message-types', { message_types: ['sms'] }],
  [
    'POST',
    'rules',
    { name: 'Old rule', script: 'function (user, context, done) { done(); }', enabled: true },
  ],
  [
    'POST',
    'log-streams',
    {
      name: 'Sink',
      type: 'http',
      sink: {
        httpEndpoint: 'https://logs.acme.example/in',
        httpContentType: 'application/json',
        httpContentFormat: 'JSONLINES',
      },
    },
  ],
  ['POST', 'custom-domains', { domain: 'login.acme.example', type: 'auth0_managed_certs' }],
];

/** Sets what only the Management API can set. Throws if a call is refused. */
export async function enrich(t: TestTenant): Promise<void> {
  const audience = `${t.tenant.issuer}api/v2/`;
  const granted = await t.token('management', { grant_type: 'client_credentials', audience });
  const headers = {
    authorization: `Bearer ${textOf(granted, 'access_token')}`,
    'content-type': 'application/json',
  };
  for (const [method, path, body] of CALLS) {
    const url = `${t.tenant.origin}/api/v2/${path}`;
    const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  }
}
