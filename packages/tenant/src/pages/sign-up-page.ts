import type { IdentifierKind } from '../authorization/client-connections.ts';
import type { ExplainedRule } from '../users/password-rules.ts';
import type { TenantReply } from '../wire/row.ts';
import { alert, button, type Field, fieldsOf, form } from './form.ts';
import { html } from './html.ts';
import { type StepModel, toPage } from './page.ts';
import { PASSKEY_PAGE, passkeyForm } from './passkey-form.ts';
import { passwordRulesList } from './password-rules-list.ts';

/** The form posts to /u/signup with `password` and the identifiers by name. */
export interface SignUpModel extends StepModel {
  readonly identifiers: readonly IdentifierKind[];
  /** The submitted values. */
  readonly values?: Readonly<Partial<Record<IdentifierKind, string>>> | undefined;
  readonly problems?: Readonly<Partial<Record<IdentifierKind | 'password', string>>> | undefined;
  /** The connection's policy. */
  readonly rules: readonly ExplainedRule[];
  /** The rules contain the results for a refused password. */
  readonly showResults?: boolean | undefined;
  readonly signInHref: string;
  /** Whether the page offers passkeys. */
  readonly passkey?: boolean | undefined;
}

interface IdentifierField {
  readonly label: string;
  readonly type: 'email' | 'text' | 'tel';
  readonly autocomplete: string;
  readonly hint?: string;
}

const IDENTIFIER_FIELDS: Readonly<Record<IdentifierKind, IdentifierField>> = {
  email: { label: 'Email', type: 'email', autocomplete: 'email' },
  username: { label: 'Username', type: 'text', autocomplete: 'username' },
  phone_number: {
    label: 'Phone number',
    type: 'tel',
    autocomplete: 'tel',
    hint: 'With the country code, such as +1 555 010 0200.',
  },
};

/** The page that creates an account. */
export function signUpPage(model: SignUpModel): TenantReply {
  const { identifiers, values = {}, problems = {} } = model;
  const identifierField = (kind: IdentifierKind): Field => ({
    ...IDENTIFIER_FIELDS[kind],
    name: kind,
    value: values[kind],
    error: problems[kind],
    more: { autocapitalize: 'none', spellcheck: 'false' },
  });
  return toPage({
    ...model,
    ...(model.passkey === true && PASSKEY_PAGE),
    heading: 'Create your account',
    body: html`<p class="lead">to continue to <strong>${model.application}</strong></p>
${alert(model.error)}
${form('/u/signup', { state: model.state }, [
  fieldsOf([
    ...identifiers.map(identifierField),
    {
      name: 'password',
      label: 'Password',
      type: 'password',
      autocomplete: 'new-password',
      error: problems.password,
      hint: passwordRulesList(model.rules, model.showResults ?? false),
    },
  ]),
  button({ label: 'Create account' }),
])}
${model.passkey === true && passkeyForm(model.state, 'Create account with a passkey')}
<p class="switch">Already have an account? <a href="${model.signInHref}">Sign in</a></p>`,
  });
}
