import { type AttributeValue, attributes, type Html, type HtmlValue, html } from './html.ts';

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'email' | 'tel' | 'password' | undefined;
  readonly autocomplete: string;
  readonly value?: string | undefined;
  /** The error text. */
  readonly error?: string | undefined;
  /** The hint below it. */
  readonly hint?: HtmlValue;
  readonly optional?: boolean | undefined;
  readonly more?: Readonly<Record<string, AttributeValue>> | undefined;
}

/** A labelled input whose hint and error are linked to it for screen readers. */
export function field(of: Field): Html {
  const { name, error, hint, optional = false } = of;
  const parts = { [`${name}-error`]: error, [`${name}-hint`]: hint };
  const described = Object.keys(parts).filter((id) => parts[id] !== undefined);
  const input = attributes({
    id: name,
    name,
    type: of.type ?? 'text',
    autocomplete: of.autocomplete,
    value: of.value,
    required: !optional,
    'aria-invalid': error !== undefined && 'true',
    'aria-describedby': described.length > 0 && described.join(' '),
    ...of.more,
  });
  return html`<div class="field">
<label for="${name}">${of.label}${optional && html` <span class="quiet">(optional)</span>`}</label>
<input${input}>
${error !== undefined && html`<p class="problem" id="${name}-error">${error}</p>`}
${hint !== undefined && html`<div class="hint" id="${name}-hint">${hint}</div>`}
</div>`;
}

/** Labelled inputs; the first one with an error gets the focus. */
export const fieldsOf = (list: readonly Field[]): Html[] => {
  const wrong = list.find(({ error }) => error !== undefined);
  return list.map((one) => field(one === wrong ? { ...one, more: { ...one.more, autofocus: true } } : one));
};

/** A form that posts to the tenant; undefined hidden fields are left out. */
export const form = (
  action: string,
  hidden: Readonly<Record<string, string | undefined>>,
  content: HtmlValue,
  look?: 'ways',
): Html => html`<form${attributes({ method: 'post', action, class: look })}>
${Object.entries(hidden).map(
  ([name, value]) => value !== undefined && html`<input type="hidden" name="${name}" value="${value}">`,
)}
${content}
</form>`;

export interface Button {
  readonly label: HtmlValue;
  /** The form sends it with the pressed button. */
  readonly name?: string | undefined;
  readonly value?: string | undefined;
  readonly look?: 'primary' | 'secondary' | 'secondary row' | 'link' | undefined;
  /** Submits the form without validating its fields. */
  readonly skipsFields?: boolean | undefined;
}

export const button = ({ label, name, value, look = 'primary', skipsFields }: Button): Html =>
  html`<button${attributes({ type: 'submit', class: look, name, value, formnovalidate: skipsFields })}>${label}</button>`;

/** An error of the whole form; screen readers announce it when the page loads. */
export const alert = (error: string | undefined): HtmlValue =>
  error !== undefined && html`<p class="alert" role="alert">${error}</p>`;
