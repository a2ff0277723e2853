import { toEventRequest } from '../actions/event-parts.ts';
import { allowsPasskeys, type IdentifierKind, identifiersOf } from '../authorization/client-connections.ts';
import type { TenantContext } from '../context.ts';
import { allowsSignUp } from '../organizations/organization-connections.ts';
import { toPasswordProblem } from '../pages/password-problem.ts';
import { signUpPage } from '../pages/sign-up-page.ts';
import { type SignUpProblems, toEmptyFields, toSignUpProblems } from '../pages/sign-up-problems.ts';
import type { LoginTransaction } from '../state/browser-documents.ts';
import type { Connection } from '../state/settings-documents.ts';
import { parseSignup } from '../users/parse-signup.ts';
import { explainPassword } from '../users/password-rules.ts';
import { signUp } from '../users/sign-up.ts';
import { WireError } from '../wire/errors.ts';
import type { Parameters } from '../wire/parameters.ts';
import type { Endpoint, TenantReply, TenantRequest } from '../wire/row.ts';
import { browserEndpoint } from './browser-endpoint.ts';
import { continueLogin } from './continue-login.ts';
import { requireTransaction } from './login-transaction.ts';
import { PageError } from './page-error.ts';
import { record } from './record.ts';
import { clientOf, stepHref, stepModel, transactionDirectory } from './step-model.ts';

const PATH = '/u/signup';

/** GET and POST /u/signup: creates an account and continues the sign-in. */
export function signupPageEndpoints(context: TenantContext): Endpoint[] {
  const rows: Endpoint[] = [
    {
      method: 'GET',
      path: PATH,
      handle: (request) => {
        const transaction = requireTransaction(context, request);
        const { login_hint } = transaction.request;
        const values = login_hint === undefined ? {} : { email: login_hint };
        return show(context, transaction, requireOpenDirectory(context, transaction), { values });
      },
    },
    { method: 'POST', path: PATH, handle: (request) => submit(context, request) },
  ];
  return rows.map(browserEndpoint);
}

interface Shown extends SignUpProblems {
  readonly status?: number;
  readonly values?: Partial<Record<IdentifierKind, string>>;
  /** Error of the password field. */
  readonly refused?: string;
}

function show(
  context: TenantContext,
  transaction: LoginTransaction,
  connection: Connection,
  { refused, ...shown }: Shown,
): TenantReply {
  return signUpPage({
    ...stepModel(context, transaction),
    identifiers: identifiersOf(connection),
    rules: explainPassword(connection.options, refused ?? ''),
    showResults: refused !== undefined,
    signInHref: stepHref('/u/login', transaction),
    passkey: allowsPasskeys(connection),
    ...shown,
  });
}

function requireOpenDirectory(context: TenantContext, transaction: LoginTransaction): Connection {
  const directory = transactionDirectory(context, transaction);
  if (directory && allowsSignUp(context, transaction.request, directory)) return directory;
  throw new PageError(400, {
    error: 'invalid_request',
    description: 'public signup is disabled',
    hint: 'signup_disabled',
  });
}

async function submit(context: TenantContext, request: TenantRequest): Promise<TenantReply> {
  const transaction = requireTransaction(context, request);
  const connection = requireOpenDirectory(context, transaction);
  const client = clientOf(context, transaction);
  const { body } = request;
  const about = { connection: connection.name };
  const identifiers = identifiersOf(connection);
  const values = Object.fromEntries(identifiers.map((kind) => [kind, body.text(kind) ?? '']));
  const empty = toEmptyFields(identifiers, (name) => body.text(name));
  const { invitation, login_hint: invited = '' } = transaction.request;
  if (invitation !== undefined && values['email']?.toLowerCase() !== invited.toLowerCase()) {
    const problems = { email: `The invitation is for ${invited}.` };
    return show(context, transaction, connection, { status: 400, values, problems });
  }
  if (empty) return show(context, transaction, connection, { status: 400, values, ...empty });
  try {
    const user = await signUp(context, connection, parseSignup(connection, body), {
      clientId: client.client_id,
      request: toEventRequest(request),
    });
    const { user_id, email, name } = user;
    record(context, request, client, { type: 'ss', ...about, user_id, user_name: email ?? name });
    const proven = { userId: user_id, connection: connection.name, amr: ['pwd'] };
    return await continueLogin(context, request, transaction.id, proven);
  } catch (error) {
    if (!(error instanceof WireError) || error instanceof PageError) throw error;
    const type = error.options.logType ?? 'fs';
    record(context, request, client, { type, description: error.message, ...about });
    return show(context, transaction, connection, { status: 400, values, ...explain(error, body) });
  }
}

/** The error texts, by form field. */
function explain(error: WireError, body: Parameters): Shown {
  const problem = toPasswordProblem(error);
  if (problem === undefined) return toSignUpProblems(error);
  return { problems: { password: problem }, refused: body.text('password') ?? '' };
}
