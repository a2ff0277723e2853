import { PAGE_TYPE, pageHeaders, toPage } from '../../http/page.ts';
import { defineRoute, type Route } from '../../http/route.ts';

const page = toPage({
  title: 'Gatehouse',
  text: 'This is the gateway of an application. If you have just signed in or out, you are done here: close this page, or go back to the application.',
  link: { href: '/docs', text: 'The API of this gateway' },
});

/** `GET /`: where a browser ends up when nobody said where to return to. */
export function landingRoutes(): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/',
      access: 'public',
      kind: 'page',
      undocumented: true,
      operationId: 'getLandingPage',
      summary: 'A page to return to',
      tag: 'About',
      responses: { 200: { description: 'The page', contentType: PAGE_TYPE } },
      errors: [],
      handler: () => ({ status: 200, body: page, headers: pageHeaders }),
    }),
  ];
}
