import { browserEndpoint } from '../authorize/browser-endpoint.ts';
import type { TenantContext } from '../context.ts';
import { invalidLinkPage } from '../pages/invalid-link-page.ts';
import { mailLinkPage } from '../pages/mail-link-page.ts';
import { messagePage } from '../pages/message-page.ts';
import type { Ticket, User } from '../state/user-documents.ts';
import { removeUserBlocks } from '../users/brute-force.ts';
import { type FoundTicket, findTicket } from '../users/find-ticket.ts';
import type { Endpoint, TenantReply, TenantRequest } from '../wire/row.ts';
import { linkToApplication, resultRedirect } from './after-link.ts';

/** A mailed link whose page has a confirmation button, and which works once. */
interface MailLink {
  readonly purpose: Ticket['purpose'];
  readonly path: string;
  readonly apply: (context: TenantContext, user: User) => void;
  /** Event code of the log. */
  readonly success: string;
  readonly failure?: string;
  /** The text of its page, before the address, and its button. */
  readonly question: { readonly heading: string; readonly text: string; readonly button: string };
  readonly answer: { readonly heading: string; readonly text: string };
}

const LINKS: readonly MailLink[] = [
  {
    purpose: 'verify_email',
    path: '/u/email-verification',
    apply: ({ state, clock }, user) =>
      state.users.put({ ...user, email_verified: true, updated_at: new Date(clock.now()).toISOString() }),
    success: 'sv',
    failure: 'fv',
    question: {
      heading: 'Verify your email',
      text: 'Confirm that this is your address:',
      button: 'Verify',
    },
    answer: { heading: 'Email verified', text: 'Thank you. You can continue to use the application.' },
  },
  {
    purpose: 'unblock',
    path: '/u/unblock',
    apply: removeUserBlocks,
    success: 'ublkdu',
    question: {
      heading: 'Unblock your account',
      text: 'After too many failed attempts, sign-in from that address is blocked for',
      button: 'Unblock',
    },
    answer: {
      heading: 'Account unblocked',
      text: 'You can sign in again. If the failed attempts were not yours, choose a new password.',
    },
  },
];

/**
 * GET and POST /u/email-verification and /u/unblock with `ticket`: GET asks for confirmation, POST performs the action.
 */
export const mailLinkEndpoints = (context: TenantContext): Endpoint[] =>
  LINKS.flatMap((link) => {
    const { path } = link;
    const rows: Endpoint[] = [
      { method: 'GET', path, handle: (request) => ask(context, link, request) },
      { method: 'POST', path, handle: (request) => follow(context, link, request) },
    ];
    return rows.map(browserEndpoint);
  });

function ask(context: TenantContext, link: MailLink, request: TenantRequest): TenantReply {
  const ticket = request.query.get('ticket') ?? '';
  const found = findTicket(context, link.purpose, ticket);
  if (!found) return refuse(context, link, request);
  const { email, result_url } = found.ticket;
  const redirectsTo = result_url === undefined ? undefined : [result_url];
  return mailLinkPage({ ...link.question, action: link.path, ticket, email, redirectsTo });
}

function follow(context: TenantContext, link: MailLink, request: TenantRequest): TenantReply {
  const found = consumeLink(context, link, request.body.text('ticket') ?? '');
  if (!found) return refuse(context, link, request);
  const { user, ticket } = found;
  const { client_id, user_id } = ticket;
  context.log.record({ type: link.success, client_id, user_id, user_name: user.email, ...from(request) });
  const elsewhere = resultRedirect(found, link.answer.text);
  if (elsewhere) return elsewhere;
  return messagePage({ tone: 'done', ...link.answer, link: linkToApplication(context, client_id) });
}

/** One synchronous step, so that only one of parallel calls succeeds. */
function consumeLink(context: TenantContext, link: MailLink, secret: string): FoundTicket | undefined {
  const { state } = context;
  return state.transaction(() => {
    const found = findTicket(context, link.purpose, secret);
    if (!found || !state.tickets.remove(found.ticket.id)) return undefined;
    link.apply(context, found.user);
    return found;
  });
}

function refuse({ log }: TenantContext, { failure }: MailLink, request: TenantRequest): TenantReply {
  const description = 'the link is unknown, expired or already used';
  if (failure !== undefined) log.record({ type: failure, description, ...from(request) });
  return invalidLinkPage();
}

const from = ({ ip, headers }: TenantRequest) => ({ ip, user_agent: headers['user-agent'] });
