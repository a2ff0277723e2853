import { z } from 'zod';
import type { Invitation, Organization } from '../state/organization-documents.ts';
import { describe } from './describe.ts';

const text = z.string();
const texts = z.array(text);
const id = text.min(1);
const freeForm = z.record(text, z.unknown());

const organizationConnection = z.strictObject({
  connection_id: id,
  assign_membership_on_login: z.boolean(),
  show_as_button: z.boolean(),
  is_signup_enabled: z.boolean(),
  is_enabled: z.boolean(),
  organization_access_level: z.enum(['none', 'readonly', 'limited', 'full']),
  organization_connection_name: text.optional(),
});

export const organizationDocument = describe<Organization>()(
  z.strictObject({
    id,
    name: text.min(1),
    display_name: text,
    branding: freeForm.optional(),
    metadata: z.record(text, text).optional(),
    token_quota: freeForm.optional(),
    third_party_client_access: z.enum(['allow', 'block', 'deny']),
    is_app_entitlement_active: z.boolean().optional(),
    connections: z.array(organizationConnection).optional(),
    members: texts,
    member_roles: z.record(text, texts).optional(),
    client_grants: texts.optional(),
  }),
);

export const invitationDocument = describe<Invitation>()(
  z.strictObject({
    id,
    organization_id: id,
    ticket_id: id,
    inviter: z.strictObject({ name: text }),
    invitee: z.strictObject({ email: text }),
    client_id: id,
    connection_id: text.optional(),
    roles: texts.optional(),
    app_metadata: freeForm.optional(),
    user_metadata: freeForm.optional(),
    invitation_url: text,
    created_at: text,
    expires_at: text,
  }),
);
