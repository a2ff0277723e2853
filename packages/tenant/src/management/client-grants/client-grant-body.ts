import { z } from 'zod';
import { oneOf, text } from '../body-parts.ts';

const scope = z.array(text(280, 1)).max(1000);
const usage = oneOf(['deny', 'allow', 'require']);

export const createClientGrantBody = z.strictObject({
  client_id: text(255, 1).optional(),
  default_for: oneOf(['third_party_clients']).optional(),
  audience: text(600, 1),
  scope: scope.optional(),
  subject_type: oneOf(['client', 'user']).optional(),
  allow_all_scopes: z.boolean().optional(),
  organization_usage: usage.optional(),
  allow_any_organization: z.boolean().optional(),
  authorization_details_types: scope.optional(),
});
export type CreateClientGrantBody = z.output<typeof createClientGrantBody>;

export const updateClientGrantBody = z.strictObject({
  scope: scope.nullish(),
  allow_all_scopes: z.boolean().nullish(),
  organization_usage: usage.nullish(),
  allow_any_organization: z.boolean().nullish(),
  authorization_details_types: scope.optional(),
});
export type UpdateClientGrantBody = z.output<typeof updateClientGrantBody>;
