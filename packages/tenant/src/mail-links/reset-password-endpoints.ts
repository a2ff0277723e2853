import { toEventRequest } from '../actions/event-parts.ts';
import { runPostChangePassword } from '../actions/run-registration.ts';
import { browserEndpoint } from '../authorize/browser-endpoint.ts';
import type { TenantContext } from '../context.ts';
import { invalidLinkPage } from '../pages/invalid-link-page.ts';
import { messagePage } from '../pages/message-page.ts';
import { toPasswordProblem } from '../pages/password-problem.ts';
import { type ResetPasswordModel, resetPasswordPage } from '../pages/reset-password-page.ts';
import { type FoundTicket, findTicket } from '../users/find-ticket.ts';
import { explainPassword } from '../users/password-rules.ts';
import { requireHomeDatabase } from '../users/require-home-database.ts';
import { resetPassword } from '../users/reset-password.ts';
import type { Endpoint, TenantReply, TenantRequest } from '../wire/row.ts';
import { linkToApplication, resultRedirect } from './after-link.ts';

const PATH = '/u/reset-password';

/** The link of a reset mail and its form: the form can be opened repeatedly, the ticket is consumed once. */
export function resetPasswordEndpoints(context: TenantContext): Endpoint[] {
  const rows: Endpoint[] = [
    {
      method: 'GET',
      path: '/u/reset-verify',
      handle: ({ query }) => {
        const ticket = encodeURIComponent(query.get('ticket') ?? '');
        return { status: 302, body: '', headers: { location: `${PATH}?ticket=${ticket}`, ...PAGE_HEADERS } };
      },
    },
    {
      method: 'GET',
      path: PATH,
      handle: ({ query }) => {
        const secret = query.get('ticket') ?? '';
        const found = findTicket(context, 'reset_password', secret);
        return found ? askPassword(context, found, secret) : invalidLink();
      },
    },
    { method: 'POST', path: PATH, handle: (request) => changePassword(context, request) },
  ];
  return rows.map(browserEndpoint);
}

const PAGE_HEADERS = { 'cache-control': 'no-store', 'referrer-policy': 'strict-origin' };

const invalidLink = (): TenantReply => invalidLinkPage({ href: `${PATH}/request`, label: 'Get a new link' });

function askPassword(
  context: TenantContext,
  { user, ticket: { result_url } }: FoundTicket,
  ticket: string,
  refused?: { readonly password: string; readonly problems: ResetPasswordModel['problems'] },
): TenantReply {
  const { options } = requireHomeDatabase(context, user);
  const rules = explainPassword(options, refused?.password ?? '');
  const showResults = refused !== undefined && refused.password !== '';
  const name = user.email ?? user.username ?? user.name;
  return resetPasswordPage({
    ...(refused && { status: 400, problems: refused.problems }),
    redirectsTo: result_url === undefined ? undefined : [result_url],
    ticket,
    user: name,
    rules,
    showResults,
  });
}

async function changePassword(context: TenantContext, request: TenantRequest): Promise<TenantReply> {
  const { body, ip, headers } = request;
  const ticket = body.text('ticket') ?? '';
  const password = body.text('password') ?? '';
  const found = findTicket(context, 'reset_password', ticket);
  if (!found) return invalidLink();
  if (password === '')
    return askPassword(context, found, ticket, { password, problems: { password: 'Enter a new password.' } });
  if (password !== body.text('password_confirm')) {
    const problems = { password_confirm: 'The passwords do not match.' };
    return askPassword(context, found, ticket, { password: '', problems });
  }
  const { client_id, user_id } = found.ticket;
  const connection = found.user.identities[0]?.connection;
  const about = { client_id, user_id, connection, ip, user_agent: headers['user-agent'] };
  try {
    const changed = await resetPassword(context, ticket, password);
    if (!changed) return invalidLink();
    runPostChangePassword(context, changed, toEventRequest(request));
  } catch (error) {
    const problem = toPasswordProblem(error);
    if (problem === undefined) throw error;
    context.log.record({ type: 'fcp', description: problem, ...about });
    return askPassword(context, found, ticket, { password, problems: { password: problem } });
  }
  context.log.record({ type: 'scp', ...about });
  const elsewhere = resultRedirect(found, 'You can now log in with the new password.');
  if (elsewhere) return elsewhere;
  return messagePage({
    tone: 'done',
    heading: 'Password changed',
    text: 'Sign in with your new password. You have been signed out on all other devices.',
    link: linkToApplication(context, client_id),
  });
}
