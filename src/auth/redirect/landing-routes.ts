import { isNavigation } from '../../browser/navigation.ts';
import { ICON, PAGE_HEADERS, PAGE_TYPE, type PageContent, toPage } from '../../http/page.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import type { Session, Sessions } from '../../session/session.ts';
import { toUser } from '../../session/signed-in-reply.ts';
import { toLoginPath } from './login-path.ts';

export interface LandingDeps {
  readonly sessions: Pick<Sessions, 'read'>;
  /** The path at which a browser signs out. */
  readonly toSignOutPath: (session: Session) => string;
}

const page = toPage({
  title: 'Gatehouse',
  text: 'This is the gateway of an application. If you have just signed in or out, you can close this page or go back to the application.',
  links: [{ href: '/docs', text: 'The API of this gateway' }],
});

const HERE = '/';

function toNameOf({ subject, claims }: Session): string {
  const { email, phone_number: phone, username, name } = toUser(subject, claims);
  return email ?? phone ?? username ?? name ?? subject;
}

/** The signed-in user and the link to sign in or out; needs no form and no script. */
function toPerson(session: Session | undefined, deps: LandingDeps): Pick<PageContent, 'text' | 'links'> {
  if (!session) {
    return {
      text: 'The gateway is running. Nobody is signed in in this browser.',
      links: [
        { href: toLoginPath({ return_to: HERE }), text: 'Sign in' },
        { href: toLoginPath({ return_to: HERE, screen_hint: 'signup' }), text: 'Sign up' },
      ],
    };
  }
  return {
    text: `The gateway is running. You are signed in as ${toNameOf(session)}.`,
    links: [{ href: `${deps.toSignOutPath(session)}&return_to=${HERE}`, text: 'Sign out' }],
  };
}

/** The start page of a gateway with the embedded tenant. */
const toDevelopmentPage = (
  session: Session | undefined,
  deps: LandingDeps,
  consoleUrl: string,
): PageContent => ({
  title: 'Gatehouse is running',
  ...toPerson(session, deps),
  entries: [
    {
      href: '/docs',
      name: 'API documentation',
      text: 'Read about every route of this gateway, and try it out.',
    },
    {
      href: consoleUrl,
      name: 'Console of the tenant',
      text: 'Users, applications, mails, codes and the log of the embedded tenant.',
    },
  ],
  note: 'This page is for development. With AUTH0_DOMAIN set it shows only that this is a gateway.',
});

/** `GET /favicon.ico`, which browsers request on their own, for JSON responses too. */
const iconRoute = defineRoute({
  method: 'GET',
  path: '/favicon.ico',
  guard: 'public',
  kind: 'page',
  undocumented: true,
  operationId: 'getIcon',
  summary: 'The icon',
  tag: 'About',
  responses: { 200: { description: 'The icon', contentType: 'image/svg+xml' } },
  errors: [],
  handler: () => ({ status: 200, body: ICON, headers: { 'Cache-Control': 'public, max-age=86400' } }),
});

/**
 * `GET /`: the default return page. With a `consoleUrl`, navigations see who is signed in; scripts do not. And the icon.
 */
export function landingRoutes(deps: LandingDeps, consoleUrl: string | undefined): Route[] {
  const shared = {
    method: 'GET',
    path: HERE,
    guard: 'public',
    kind: 'page',
    undocumented: true,
    operationId: 'getLandingPage',
    summary: 'A page to return to',
    tag: 'About',
    responses: { 200: { description: 'The page', contentType: PAGE_TYPE } },
    errors: [],
  } as const;
  if (consoleUrl === undefined)
    return [
      defineRoute({ ...shared, handler: () => ({ status: 200, body: page, headers: PAGE_HEADERS }) }),
      iconRoute,
    ];
  return [
    defineRoute({
      ...shared,
      guard: 'optional-session',
      handler: async ({ request: { headers } }) => {
        const isSeen = isNavigation(headers, 'none');
        const session = isSeen ? await deps.sessions.read(headers, { touch: false }) : undefined;
        return {
          status: 200,
          body: toPage(toDevelopmentPage(session, deps, consoleUrl)),
          headers: { ...PAGE_HEADERS, 'Cache-Control': 'no-store' },
        };
      },
    }),
    iconRoute,
  ];
}
