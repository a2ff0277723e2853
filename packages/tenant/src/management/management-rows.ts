import { actionRows } from './actions/action-rows.ts';
import { clientGrantRows } from './client-grants/client-grant-rows.ts';
import { clientRows } from './clients/client-rows.ts';
import { credentialRows } from './clients/credential-rows.ts';
import { metadataRows } from './clients/metadata-rows.ts';
import { connectionRows } from './connections/connection-rows.ts';
import { provisioningRows } from './connections/provisioning-rows.ts';
import { factorRows } from './factors/factor-rows.ts';
import { deviceCredentialRows } from './grants/device-credential-rows.ts';
import { grantRows } from './grants/grant-rows.ts';
import { jobRows } from './jobs/job-rows.ts';
import { userExportRows } from './jobs/user-export-rows.ts';
import { everyKeptRow } from './kept/kept-rows.ts';
import { logRows } from './logs/log-rows.ts';
import { statsRows } from './logs/stats-rows.ts';
import type { MakeRows } from './management-row.ts';
import { discoveryDomainRows } from './organizations/discovery-domain-rows.ts';
import { invitationRows } from './organizations/invitation-rows.ts';
import { memberRows } from './organizations/member-rows.ts';
import { organizationClientGrantRows } from './organizations/organization-client-grant-rows.ts';
import { organizationConnectionRows } from './organizations/organization-connection-rows.ts';
import { organizationRows } from './organizations/organization-rows.ts';
import { resourceServerRows } from './resource-servers/resource-server-rows.ts';
import { rolePermissionRows } from './roles/role-permission-rows.ts';
import { roleRows } from './roles/role-rows.ts';
import { roleUserRows } from './roles/role-user-rows.ts';
import { userRoleRows } from './roles/user-role-rows.ts';
import { refreshTokenRows } from './sessions/refresh-token-rows.ts';
import { sessionRows } from './sessions/session-rows.ts';
import { attackProtectionRows } from './settings/attack-protection-rows.ts';
import { botDetectionRows } from './settings/bot-detection-rows.ts';
import { emailProviderRows } from './settings/email-provider-rows.ts';
import { guardianRows } from './settings/guardian-rows.ts';
import { promptRows } from './settings/prompt-rows.ts';
import { signingKeyRows } from './settings/signing-key-rows.ts';
import { tenantSettingsRows } from './settings/tenant-settings-rows.ts';
import { enrolmentTicketRows } from './tickets/enrolment-ticket-rows.ts';
import { ticketRows } from './tickets/ticket-rows.ts';
import { userBlockRows } from './user-blocks/user-block-rows.ts';
import { userImportRows } from './user-imports/user-import-rows.ts';
import { absentRows } from './users/absent-rows.ts';
import { identityRows } from './users/identity-rows.ts';
import { userRows } from './users/user-rows.ts';

/** Every operation of the Management API. If two paths match, the first row handles the request. */
export const managementRows: MakeRows = (context) => [
  ...attackProtectionRows(context),
  ...botDetectionRows(context),
  ...actionRows(context),
  ...clientGrantRows(context),
  ...clientRows(context),
  ...metadataRows(context),
  ...credentialRows(context),
  ...connectionRows(context),
  ...provisioningRows(context),
  ...emailProviderRows(context),
  ...everyKeptRow(context),
  ...guardianRows(context),
  ...promptRows(context),
  ...organizationRows(context),
  ...organizationConnectionRows(context),
  ...memberRows(context),
  ...invitationRows(context),
  ...organizationClientGrantRows(context),
  ...discoveryDomainRows(context),
  ...resourceServerRows(context),
  ...signingKeyRows(context),
  ...tenantSettingsRows(context),
  ...userRows(context),
  ...identityRows(context),
  ...absentRows(context),
  ...userRoleRows(context),
  ...factorRows(context),
  ...sessionRows(context),
  ...refreshTokenRows(context),
  ...userBlockRows(context),
  ...roleRows(context),
  ...rolePermissionRows(context),
  ...roleUserRows(context),
  ...grantRows(context),
  ...deviceCredentialRows(context),
  ...ticketRows(context),
  ...enrolmentTicketRows(context),
  ...userExportRows(context),
  ...jobRows(context),
  ...userImportRows(context),
  ...logRows(context),
  ...statsRows(context),
];
