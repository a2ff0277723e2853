import type { Auth0 } from '../auth0/assemble.ts';
import type { Route } from '../http/route.ts';
import type { Audit } from '../observe/audit.ts';
import type { Sessions } from '../session/session.ts';
import type { Store } from '../store/store.ts';
import { createAdminActions } from './admin-action.ts';
import { customerRoutes } from './customers/customer-routes.ts';
import { createCustomers } from './customers/customers.ts';
import { createUserAccess, type DenyList } from './users/user-access.ts';
import { userRoutes } from './users/user-routes.ts';
import { userSessionRoutes } from './users/user-session-routes.ts';

export interface AdminOptions {
  /** `AUTH0_ADMIN_AUDIENCE`; undefined: no administration routes. */
  readonly audience: string | undefined;
  /** The API that customers call. */
  readonly apiAudience: string;
  readonly connection: string;
  readonly auth0: Pick<Auth0, 'authentication' | 'management' | 'doLater'>;
  readonly sessions: Sessions;
  readonly store: Pick<Store, 'locks'>;
  readonly denyList: DenyList | undefined;
  readonly ownClientIds: ReadonlySet<string>;
  readonly audit: Audit;
}

/** The routes below `/v1/admin`; none without `AUTH0_ADMIN_AUDIENCE` or the Management API. */
export function assembleAdmin(options: AdminOptions): Route[] {
  const { audience, apiAudience, connection, auth0, sessions, store, ownClientIds } = options;
  const { management } = auth0;
  if (audience === undefined || management === undefined) return [];
  const { users, clients } = management;
  const actions = createAdminActions(audience, options.audit);
  const access = createUserAccess({ ...options, management, doLater: auth0.doLater });
  const { locks } = store;
  const customers = createCustomers({ clients, audience: apiAudience, ownClientIds, locks });
  return [
    ...userRoutes({ actions, users, management, auth0: auth0.authentication, access, connection }),
    ...userSessionRoutes({ actions, sessions, users, access }),
    ...customerRoutes({ actions, customers }),
  ];
}
