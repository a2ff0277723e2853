import type { ContractRow } from './contract-row.ts';
import { clientCredentialsRows } from './rows/client-credentials-rows.ts';
import { codeRows } from './rows/code-rows.ts';
import { consentRows } from './rows/consent-rows.ts';
import { databaseRows } from './rows/database-rows.ts';
import { discoveryRows } from './rows/discovery-rows.ts';
import { dpopRows } from './rows/dpop-rows.ts';
import { factorRows } from './rows/factor-rows.ts';
import { logoutRows } from './rows/logout-rows.ts';
import { managementRows } from './rows/management-rows.ts';
import { passwordRows } from './rows/password-rows.ts';
import { passwordlessRows } from './rows/passwordless-rows.ts';
import { refreshRows } from './rows/refresh-rows.ts';
import { sessionRows } from './rows/session-rows.ts';
import { tenantRows } from './rows/tenant-rows.ts';

/** All rows, in the order of the run. */
export const contractRows: readonly ContractRow[] = [
  ...discoveryRows,
  ...clientCredentialsRows,
  ...passwordRows,
  ...factorRows,
  ...codeRows,
  ...sessionRows,
  ...consentRows,
  ...refreshRows,
  ...dpopRows,
  ...logoutRows,
  ...databaseRows,
  ...passwordlessRows,
  ...managementRows,
  ...tenantRows,
];
