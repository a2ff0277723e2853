/** The console's sections, in menu order. */
export const SECTIONS = {
  overview: { label: 'Overview', href: '/' },
  users: { label: 'Users', href: '/console/users' },
  organizations: { label: 'Organizations', href: '/console/organizations' },
  roles: { label: 'Roles', href: '/console/roles' },
  applications: { label: 'Applications', href: '/console/applications' },
  apis: { label: 'APIs', href: '/console/apis' },
  consents: { label: 'Consents', href: '/console/consents' },
  mfa: { label: 'MFA', href: '/console/mfa' },
  settings: { label: 'Settings', href: '/console/settings' },
  inbox: { label: 'Inbox', href: '/console/inbox' },
  log: { label: 'Log', href: '/console/log' },
  requests: { label: 'Requests', href: '/console/requests' },
  actions: { label: 'Actions', href: '/console/actions' },
  faults: { label: 'Faults', href: '/console/faults' },
  keys: { label: 'Keys', href: '/console/keys' },
  data: { label: 'Data', href: '/console/data' },
} as const satisfies Record<string, { readonly label: string; readonly href: string }>;

export type Section = keyof typeof SECTIONS;
