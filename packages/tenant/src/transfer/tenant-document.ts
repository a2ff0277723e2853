import { z } from 'zod';
import { isTooDeep } from '../lib/nesting.ts';
import { actionDocument, triggerBindingsDocument } from './action-schemas.ts';
import { FORMAT_VERSION } from './format-version.ts';
import { invitationDocument, organizationDocument } from './organization-schemas.ts';
import {
  attackProtectionDocument,
  clientDocument,
  clientGrantDocument,
  connectionDocument,
  guardianDocument,
  keptDocument,
  resourceServerDocument,
  roleDocument,
  settingsDocument,
} from './settings-schemas.ts';
import { TransferError } from './transfer-error.ts';
import {
  authenticatorDocument,
  authorizationsDocument,
  consentDocument,
  credentialsDocument,
  passkeyDocument,
  signingKeyDocument,
  userDocument,
} from './user-schemas.ts';

/** The export format: settings and users, in the order of the store. */
const tenantDocument = z.strictObject({
  gatehouse_tenant: z.literal(FORMAT_VERSION),
  tenant: settingsDocument,
  rate_limits: z.enum(['auth0', 'relaxed']),
  attack_protection: attackProtectionDocument,
  guardian: guardianDocument,
  /** Absent in exports of earlier versions. */
  kept: z.array(keptDocument).optional(),
  connections: z.array(connectionDocument),
  resource_servers: z.array(resourceServerDocument),
  clients: z.array(clientDocument),
  organizations: z.array(organizationDocument),
  /** Absent in exports of versions before invitations. */
  invitations: z.array(invitationDocument).optional(),
  client_grants: z.array(clientGrantDocument),
  roles: z.array(roleDocument),
  /** Absent in exports of versions before actions. */
  actions: z.array(actionDocument).optional(),
  trigger_bindings: z.array(triggerBindingsDocument).optional(),
  users: z.array(userDocument),
  /** Password hashes. */
  credentials: z.array(credentialsDocument),
  authorizations: z.array(authorizationsDocument),
  authenticators: z.array(authenticatorDocument),
  /** Absent in exports of versions before passkeys. */
  passkeys: z.array(passkeyDocument).optional(),
  consents: z.array(consentDocument),
  signing_keys: z.array(signingKeyDocument).optional(),
});

export type TenantDocument = z.output<typeof tenantDocument>;

/** Validates the shape of an export. Throws `TransferError` with every fault. */
export function parseTenantDocument(raw: unknown): TenantDocument {
  if (isTooDeep(raw)) throw new TransferError(['(top): nested too deeply']);
  const parsed = tenantDocument.safeParse(raw);
  if (!parsed.success)
    throw new TransferError(
      parsed.error.issues.map(({ path, message }) => `${path.join('.') || '(top)'}: ${message}`),
    );
  // Returned as given: the schema changes nothing, but drops a member named `__proto__`.
  return raw as TenantDocument;
}
