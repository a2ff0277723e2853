import type { IdentifierKind } from '../authorization/client-connections.ts';
import type { TenantReply } from '../wire/row.ts';
import { alert, button, field, form } from './form.ts';
import { type Html, html } from './html.ts';
import { type StepModel, toPage } from './page.ts';
import { PASSKEY_PAGE, passkeyForm } from './passkey-form.ts';

/** Another connection to sign in with. */
export interface OtherConnection {
  /** Sent as `connection`. */
  readonly name: string;
  /** Shown after "Continue with". */
  readonly label: string;
}

/** The forms post to /u/login with `username` and `password`, with only `connection`, or with only `sign_in_as`. */
export interface SignInModel extends StepModel {
  /** Empty: the application has no database connection, only other connections. */
  readonly identifiers: readonly IdentifierKind[];
  readonly username?: string | undefined;
  readonly connections?: readonly OtherConnection[] | undefined;
  /** Absent if sign-up is disabled. */
  readonly signUpHref?: string | undefined;
  readonly resetHref?: string | undefined;
  /** Whether the page offers passkeys. */
  readonly passkey?: boolean | undefined;
  /** Whether the page offers to sign in as a user without a password. */
  readonly signInAs?: boolean | undefined;
}

const IDENTIFIER_NAMES: Readonly<Record<IdentifierKind, string>> = {
  email: 'email',
  username: 'username',
  phone_number: 'phone number',
};

/** `Email`, `Email or username`, `Email, username or phone number` */
export function identifierLabel(kinds: readonly IdentifierKind[]): string {
  const text = kinds
    .map((kind) => IDENTIFIER_NAMES[kind])
    .join(', ')
    .replace(/, ([^,]+)$/, ' or $1');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The sign-in page. */
export function signInPage(model: SignInModel): TenantReply {
  const { identifiers, connections = [] } = model;
  const emailOnly = identifiers.length === 1 && identifiers[0] === 'email';
  const password = html`${form('/u/login', { state: model.state }, [
    field({
      name: 'username',
      label: identifierLabel(identifiers),
      type: emailOnly ? 'email' : 'text',
      autocomplete: 'username',
      value: model.username,
      more: { autocapitalize: 'none', spellcheck: 'false', autofocus: model.username === undefined },
    }),
    field({
      name: 'password',
      label: 'Password',
      type: 'password',
      autocomplete: 'current-password',
      more: { autofocus: model.username !== undefined },
    }),
    model.resetHref !== undefined &&
      html`<p class="aside"><a href="${model.resetHref}">Forgot password?</a></p>`,
    button({ label: 'Sign in' }),
  ])}`;
  return toPage({
    ...model,
    ...(model.passkey === true && PASSKEY_PAGE),
    heading: 'Sign in',
    body: html`<p class="lead">to continue to <strong>${model.application}</strong></p>
${alert(model.error)}
${identifiers.length > 0 && password}
${model.passkey === true && passkeyForm(model.state, 'Continue with a passkey')}
${identifiers.length > 0 && connections.length > 0 && html`<p class="or"><span>or</span></p>`}
${
  connections.length > 0 &&
  form(
    '/u/login',
    { state: model.state },
    connections.map(({ name, label }) =>
      button({ label: `Continue with ${label}`, name: 'connection', value: name, look: 'secondary' }),
    ),
    'ways',
  )
}
${model.signUpHref !== undefined && html`<p class="switch">New here? <a href="${model.signUpHref}">Create an account</a></p>`}
${model.signInAs === true && signInAsSection(model.state)}`,
  });
}

/** A real tenant does not have this section. */
const signInAsSection = (state: string): Html => html`<details class="development">
<summary>Development only: no password</summary>
${form('/u/login', { state }, [
  field({
    name: 'sign_in_as',
    label: 'User',
    autocomplete: 'off',
    hint: 'Id, email address or username',
    more: { autocapitalize: 'none', spellcheck: 'false' },
  }),
  button({ label: 'Continue as this user', look: 'secondary' }),
])}
</details>`;
