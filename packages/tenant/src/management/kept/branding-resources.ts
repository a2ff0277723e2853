import { randomHex } from '../../lib/random.ts';
import { idOf, tenantOf, without } from './kept-ids.ts';
import type { KeptResource } from './kept-resource.ts';

/** The status of a domain, before and after its verification. */
const DOMAIN_STATUS = 'pending_verification';

/** Themes, phone messages and custom domains. */
export const BRANDING_RESOURCES: readonly KeptResource[] = [
  {
    path: '/branding/themes',
    scope: 'branding',
    idName: 'themeId',
    makeId: () => randomHex(16),
    created: 200,
    required: ['borders', 'colors', 'fonts', 'page_background', 'widget'],
    defaults: () => ({ displayName: '' }),
    missing: ['There was an error retrieving branding settings: invalid theme ID', 'theme_not_found'],
    requiresExisting: true,
  },
  {
    path: '/branding/phone/providers',
    scope: 'phone_providers',
    list: 'providers',
    wrapped: true,
    makeId: idOf('pro'),
    required: ['name', 'credentials'],
    stamped: true,
    defaults: (_given, { context }) => ({
      tenant: tenantOf(context.domain),
      channel: 'phone',
      disabled: false,
    }),
    show: without('credentials'),
    missing: ['Notification Resource not found'],
    requiresExisting: true,
  },
  {
    path: '/branding/phone/templates',
    scope: 'phone_templates',
    list: 'templates',
    wrapped: true,
    makeId: idOf('tem'),
    stamped: true,
    merged: ['content'],
    defaults: (_given, { context }) => ({
      content: { syntax: 'liquid', body: {} },
      tenant: tenantOf(context.domain),
      channel: 'phone',
      type: 'otp_verify',
      disabled: false,
    }),
    missing: ['Notification Resource not found'],
    requiresExisting: true,
  },
  {
    path: '/custom-domains',
    scope: 'custom_domains',
    idName: 'custom_domain_id',
    list: 'custom_domains',
    makeId: idOf('cd', 16),
    required: ['domain', 'type'],
    merged: ['domain_metadata'],
    defaults: ({ domain }, { context, id }) => ({
      primary: true,
      is_default: false,
      status: DOMAIN_STATUS,
      verification: {
        methods: [
          {
            name: 'CNAME',
            record: `${tenantOf(context.domain)}-${id.toLowerCase().replace('_', '-')}.edge.example`,
            domain,
          },
        ],
      },
      tls_policy: 'recommended',
      domain_metadata: {},
      created_at: new Date(context.clock.now()).toISOString(),
    }),
    missing: ['The custom domain <id> does not exist', 'inexistent_custom_domain'],
  },
];
