import { browserEndpoint } from '../authorize/browser-endpoint.ts';
import { requireOwnOrigin } from '../authorize/login-transaction.ts';
import type { TenantContext } from '../context.ts';
import { answerPush, findPush } from '../factors/answer-push.ts';
import { invalidLinkPage } from '../pages/invalid-link-page.ts';
import { messagePage } from '../pages/message-page.ts';
import { pushPage } from '../pages/push-page.ts';
import type { Endpoint } from '../wire/row.ts';

const PATH = '/u/mfa-push';

/** GET and POST /u/mfa-push with `ticket`: stands in for a device that shows a push and sends the response. */
export const pushEndpoints = (context: TenantContext): Endpoint[] => [
  browserEndpoint({
    method: 'GET',
    path: PATH,
    handle({ query }) {
      const ticket = query.get('ticket') ?? '';
      const push = findPush(context, ticket);
      if (!push) return invalidLinkPage();
      const user = context.state.users.get(push.user_id);
      const enrols = context.state.authenticators.get(push.authenticator_id)?.active === false;
      return pushPage({ ticket, user: user?.email ?? user?.name ?? push.user_id, enrols });
    },
  }),
  browserEndpoint({
    method: 'POST',
    path: PATH,
    handle(request) {
      requireOwnOrigin(request);
      const { body } = request;
      const push = findPush(context, body.required('ticket'));
      const approved = body.text('action') === 'accept';
      if (!push || !answerPush(context, push.id, approved)) return invalidLinkPage();
      return messagePage({
        tone: 'done',
        heading: approved ? 'Approved' : 'Denied',
        text: 'You can close this page and go back to the application.',
      });
    },
  }),
];
