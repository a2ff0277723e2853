import { actionsPage } from './actions-page.ts';
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
import { organizationPage } from './organization-page.ts';
import { organizationsPage } from './organizations-page.ts';
import { overviewPage } from './overview-page.ts';
import { requestsPage } from './requests-page.ts';
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
    applicationsPage(deps),
    applicationPage(deps, manage),
    apisPage(deps),
    consentsPage(deps, manage),
    inboxPage(deps),
    logPage(deps),
    requestsPage(deps),
    actionsPage(deps),
    faultsPage(deps),
    keysPage(deps),
    dataPage(deps),
  ];
}
