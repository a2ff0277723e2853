import { browserEndpoint } from '../authorize/browser-endpoint.ts';
import type { TenantContext } from '../context.ts';
import { findEnrolmentTicket } from '../factors/enrolment-tickets.ts';
import { invalidLinkPage } from '../pages/invalid-link-page.ts';
import type { Endpoint, TenantReply } from '../wire/row.ts';
import { beginEnrolment, enrolAddress, enrollable, pendingApp, showEnrolment } from './enrol-on-page.ts';
import { type FactorSignIn, requireFactorSignIn } from './factor-sign-in.ts';
import { continueIfProven, proveOnPage } from './prove-on-page.ts';
import { factorsOf, showChoice, showFactor } from './show-factor.ts';

type Reply = TenantReply | Promise<TenantReply>;

const PATH = '/u/mfa';

/**
 * GET and POST /u/mfa: verifies or enrols the second factor of a browser sign-in, or enrols one with a ticket. The link of a
 * ticket leads there.
 */
export function mfaPageEndpoints(context: TenantContext): Endpoint[] {
  const rows: Endpoint[] = [
    { method: 'GET', path: PATH, handle: (request) => show(requireFactorSignIn(context, request)) },
    { method: 'POST', path: PATH, handle: (request) => submit(requireFactorSignIn(context, request)) },
    {
      method: 'GET',
      path: '/mfa/enrollment',
      handle: ({ query }) => {
        const state = query.get('ticket') ?? '';
        if (!findEnrolmentTicket(context, state)) return invalidLinkPage();
        const location = `${PATH}?${new URLSearchParams({ state }).toString()}`;
        const headers = { location, 'cache-control': 'no-store', 'referrer-policy': 'strict-origin' };
        return { status: 302, body: '', headers };
      },
    },
  ];
  return rows.map(browserEndpoint);
}

/** The current page of the sign-in; if no factor is needed, the next one. */
function show(signIn: FactorSignIn): Reply {
  const { step, proceed } = signIn;
  const onward = continueIfProven(signIn);
  if (onward) return onward;
  if (!step) return proceed();
  if (step.kind === 'enrol') return showEnrolment(signIn);
  const [strongest] = factorsOf(signIn);
  return strongest ? showFactor(signIn, strongest) : showChoice(signIn);
}

function submit(signIn: FactorSignIn): Reply {
  const { step, request } = signIn;
  const action = request.body.text('action');
  if (!step || action === 'saved') return show(signIn);
  const isEnrolment = step.kind === 'enrol';
  if (action === 'choose') return isEnrolment ? showEnrolment(signIn) : showChoice(signIn);
  const type = isEnrolment ? enrollable(signIn, request.body.text('factor')) : undefined;
  return type === undefined ? submitFactor(signIn, action) : submitEnrolment(signIn, type, action);
}

/** Actions on an enrolled factor, or on one that waits for the code that was sent. */
function submitFactor(signIn: FactorSignIn, action: string | undefined): Reply {
  const { body } = signIn.request;
  const factors = factorsOf(signIn);
  const chosen = body.text('factor');
  const own = factors.find((candidate) =>
    action === 'recover' ? candidate.authenticator_type === 'recovery-code' : candidate.id === chosen,
  );
  if (!own) return show(signIn);
  if (action === 'continue' || action === 'recover') return proveOnPage(signIn, own);
  return showFactor(signIn, own, { resend: action === 'resend' });
}

/** Actions on a factor during its enrolment. */
function submitEnrolment(
  signIn: FactorSignIn,
  type: NonNullable<ReturnType<typeof enrollable>>,
  action: string | undefined,
): Reply {
  if (action !== 'enrol') return beginEnrolment(signIn, type);
  if (type === 'phone' || type === 'email') return enrolAddress(signIn, type);
  const app = type === 'otp' ? pendingApp(signIn) : undefined;
  if (!app) return beginEnrolment(signIn, type);
  return proveOnPage(signIn, app, (problem) => beginEnrolment(signIn, type, problem));
}
