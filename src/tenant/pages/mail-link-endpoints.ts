import { browserEndpoint } from '../authorize/browser-endpoint.ts';
import type { TenantContext } from '../context.ts';
import type { Endpoint, TenantReply, TenantRequest } from '../endpoints/endpoint.ts';
import type { Ticket, User } from '../state/user-documents.ts';
import { liftUserBlocks } from '../users/brute-force.ts';
import { findTicket } from '../users/find-ticket.ts';

import { messagePage } from './message-page.ts';
import { linkToApplication, spentLink } from './spent-link.ts';

/** A link in a mail that does what it is for as soon as it is opened, once. */
interface MailLink {
  readonly purpose: Ticket['purpose'];
  readonly path: string;
  readonly apply: (context: TenantContext, user: User) => void;
  /** Event code of the log. */
  readonly success: string;
  readonly failure?: string;
  readonly heading: string;
  readonly text: string;
}

const links: readonly MailLink[] = [
  {
    purpose: 'verify_email',
    path: '/u/email-verification',
    apply: ({ state, clock }, user) =>
      state.users.put({ ...user, email_verified: true, updated_at: new Date(clock.now()).toISOString() }),
    success: 'sv',
    failure: 'fv',
    heading: 'Email verified',
    text: 'Thank you. You can go on using the application.',
  },
  {
    purpose: 'unblock',
    path: '/u/unblock',
    apply: liftUserBlocks,
    success: 'ublkdu',
    heading: 'Account unblocked',
    text: 'You can sign in again. If it was not you who tried so often, choose a new password.',
  },
];

/** GET /u/email-verification and /u/unblock, each with `ticket`. */
export const mailLinkEndpoints = (context: TenantContext): Endpoint[] =>
  links.map((link) =>
    browserEndpoint({ method: 'GET', path: link.path, handle: (request) => follow(context, link, request) }),
  );

function follow(context: TenantContext, link: MailLink, { query, ip, headers }: TenantRequest): TenantReply {
  const { state, log } = context;
  const about = { ip, user_agent: headers['user-agent'] };
  const found = state.transaction(() => {
    const good = findTicket(context, link.purpose, query.get('ticket') ?? '');
    if (!good || !state.tickets.remove(good.ticket.id)) return undefined;
    link.apply(context, good.user);
    return good;
  });
  if (!found) {
    const description = 'the link is unknown, over, or has been used';
    if (link.failure !== undefined) log.record({ type: link.failure, description, ...about });
    return spentLink();
  }
  const { user, ticket } = found;
  const { client_id, user_id } = ticket;
  log.record({ type: link.success, client_id, user_id, user_name: user.email, ...about });
  const { heading, text } = link;
  return messagePage({ tone: 'done', heading, text, link: linkToApplication(context, client_id) });
}
