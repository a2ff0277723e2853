import { z } from 'zod';
import { oneOf, text } from '../body-parts.ts';

const name = text(50, 1)
  .regex(/^[a-z0-9_-]+$/, 'String does not match pattern: ^[a-z0-9_-]+$')
  .refine((value) => !value.startsWith('org_'), 'The name must not start with org_');
const colors = z.strictObject({ primary: text(50, 1), page_background: text(50, 1) });

/** Settings of a connection in an organization. */
const connectionSettings = {
  assign_membership_on_login: z.boolean().optional(),
  show_as_button: z.boolean().optional(),
  is_signup_enabled: z.boolean().optional(),
};
const settings = {
  branding: z.strictObject({ logo_url: text(2048).optional(), colors: colors.optional() }),
  metadata: z
    .record(text(255, 1), text(255))
    .refine((value) => Object.keys(value).length <= 25, 'Too many properties defined, maximum 25'),
  third_party_client_access: oneOf(['allow', 'block', 'deny']),
  is_app_entitlement_active: z.boolean(),
};
const tokenQuota = z.looseObject({});

export const enabledConnectionBody = z.strictObject({ connection_id: text(50, 1), ...connectionSettings });
export const changedConnectionBody = z.strictObject(connectionSettings);

const newSettings = {
  is_enabled: z.boolean().optional(),
  organization_access_level: oneOf(['none', 'readonly', 'limited', 'full']).optional(),
  organization_connection_name: text(50).optional(),
};
/** The newer view of the same connections has more settings. */
export const connectionBody = z.strictObject({
  connection_id: text(50, 1),
  ...connectionSettings,
  ...newSettings,
});
export const changedNewConnectionBody = z.strictObject({ ...connectionSettings, ...newSettings });
export type ConnectionSettings = z.output<typeof changedNewConnectionBody>;

export const createOrganizationBody = z.strictObject({
  name,
  display_name: text(255, 1).optional(),
  branding: settings.branding.optional(),
  metadata: settings.metadata.optional(),
  token_quota: tokenQuota.optional(),
  third_party_client_access: settings.third_party_client_access.optional(),
  is_app_entitlement_active: settings.is_app_entitlement_active.optional(),
  enabled_connections: z.array(enabledConnectionBody).max(50).optional(),
});
export type CreateOrganizationBody = z.output<typeof createOrganizationBody>;

export const updateOrganizationBody = z.strictObject({
  name: name.optional(),
  display_name: text(255, 1).optional(),
  branding: settings.branding.nullish(),
  metadata: settings.metadata.optional(),
  token_quota: tokenQuota.nullish(),
  third_party_client_access: settings.third_party_client_access.optional(),
  is_app_entitlement_active: settings.is_app_entitlement_active.optional(),
});
export type UpdateOrganizationBody = z.output<typeof updateOrganizationBody>;

const ids = z.array(text(500, 1)).min(1, 'Array is too short (0), minimum 1').max(100);
export const membersBody = z.strictObject({ members: ids });
export const memberRolesBody = z.strictObject({
  roles: ids.max(50, 'Array is too long, maximum 50'),
});

export const invitationBody = z.strictObject({
  inviter: z.strictObject({ name: text(300, 1) }),
  invitee: z.strictObject({
    email: z.email({ error: `Object didn't pass validation for format email` }),
  }),
  client_id: text(255, 1),
  connection_id: text(50, 1).optional(),
  roles: z.array(text(50, 1)).max(50).optional(),
  ttl_sec: z
    .int('Expected type integer')
    .min(0)
    .max(2_592_000, 'Value is greater than maximum 2592000')
    .optional(),
  send_invitation_email: z.boolean().optional(),
  app_metadata: z.record(z.string(), z.unknown()).optional(),
  user_metadata: z.record(z.string(), z.unknown()).optional(),
});
export type InvitationBody = z.output<typeof invitationBody>;
