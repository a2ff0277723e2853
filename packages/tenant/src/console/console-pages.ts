import { actionPage } from './action-page.ts';
import { actionsPage } from './actions-page.ts';
import { apiPage } from './api-page.ts';
import { apisPage } from './apis-page.ts';
import { applicationPage } from './application-page.ts';
import { applicationsPage } from './applications-page.ts';
import { consentsPage } from './consents-page.ts';
import type { ConsoleDeps, ConsolePage } from './console-page.ts';
import { dataPage } from './data-page.ts';
import { faultsPage } from './faults-page.ts';
import { inboxPage } from './inbox-page.ts';
import { keysPage } from './keys-page.ts';
import { logPage } from './log-page.ts';
import { createManage } from './manage.ts';
import { mfaPage } from './mfa-page.ts';
import { organizationPage } from './organization-page.ts';
import { organizationsPage } from './organizations-page.ts';
import { overviewPage } from './overview-page.ts';
import { requestsPage } from './requests-page.ts';
import { rolePage } from './role-page.ts';
import { rolesPage } from './roles-page.ts';
import { settingsPage } from './settings-page.ts';
import { userPage } from './user-page.ts';
import { usersPage } from './users-page.ts';

/** All pages of the console. */
export function consolePages(deps: ConsoleDeps): ConsolePage[] {
  const manage = createManage(deps.context);
  return [
    overviewPage(deps),
    usersPage(deps, manage),
    userPage(deps, manage),
    organizationsPage(deps, manage),
    organizationPage(deps, manage),
    rolesPage(deps, manage),
    rolePage(deps, manage),
    applicationsPage(deps, manage),
    applicationPage(deps, manage),
    apisPage(deps, manage),
    apiPage(deps, manage),
    consentsPage(deps, manage),
    mfaPage(deps, manage),
    settingsPage(deps, manage),
    inboxPage(deps),
    logPage(deps),
    requestsPage(deps),
    actionsPage(deps, manage),
    actionPage(deps, manage),
    faultsPage(deps),
    keysPage(deps),
    dataPage(deps),
  ];
}
