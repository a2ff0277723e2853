import { type AttributeValue, attributes, type Html, type HtmlValue, html } from '../pages/html.ts';
import type { Visit } from './console-page.ts';
import { actionForm } from './elements.ts';
import { type FormValues, linesOf, toFieldText, versionOf } from './form-values.ts';

/** A form for settings that are stored, or for something new. */
export interface FormSpec {
  readonly visit: Visit;
  readonly action: string;
  /** The stored values or, for something new, the preset ones. A refused form shows what was submitted instead. */
  readonly values: FormValues;
  /** Begins the ids of its inputs; unique on the page. Default: the action. */
  readonly id?: string;
  /** Values that are submitted with the form and tell it from others with its action. */
  readonly hidden?: Readonly<Record<string, string>>;
}

interface InputLook {
  readonly hint?: HtmlValue;
  readonly type?: 'text' | 'number' | 'email' | undefined;
  readonly more?: Readonly<Record<string, AttributeValue>>;
}

export interface Option {
  readonly value: string;
  readonly label: HtmlValue;
  readonly hint?: HtmlValue;
}

/** Draws the inputs of a form, each filled with the value of its name. */
export interface Inputs {
  text(name: string, label: string, look?: InputLook): Html;
  /** One value per line, or a text; its height follows its content between these rows, by default 2 and 12. */
  lines(
    name: string,
    label: string,
    hint?: HtmlValue,
    height?: { readonly min: number; readonly max: number },
  ): Html;
  select(name: string, label: string, options: Readonly<Record<string, string>>, hint?: HtmlValue): Html;
  check(name: string, label: HtmlValue, hint?: HtmlValue): Html;
  /** Boxes of which any number can be ticked. Stored values without an option get one, so that they are not lost. */
  checks(name: string, legend: string, options: readonly Option[]): Html;
  /** Options of which one is chosen. */
  radios(name: string, legend: string, options: readonly Option[]): Html;
}

/** A form with inputs and a button. */
export function inputForm(
  spec: FormSpec,
  button: { readonly label: string; readonly look?: string },
  draw: (inputs: Inputs) => Html,
): Html {
  const { visit, action, values, hidden = {} } = spec;
  return actionForm(
    visit,
    action,
    html`${draw(createInputs(spec))}
<div class="buttons"><button${attributes({ type: 'submit', class: button.look ?? 'primary' })}>${button.label}</button></div>`,
    { ...hidden, seen: versionOf(values) },
  );
}

/** Whether this form was submitted and refused. */
const isRefused = ({ visit: { fields }, action, hidden = {} }: FormSpec): boolean =>
  Object.entries({ action, ...hidden }).every(([name, value]) => fields[name] === value);

function createInputs(spec: FormSpec): Inputs {
  const { visit, action, id: prefix = action, values } = spec;
  const refused = isRefused(spec);
  const valueOf = (name: string): string =>
    refused ? (visit.fields[name] ?? '') : toFieldText(values[name] ?? '');
  const isFaulty = (name: string): boolean => refused && visit.faulty?.includes(name) === true;
  const idOf = (name: string): string => `${prefix}-${name}`;

  const common = (name: string, hint: HtmlValue) => ({
    id: idOf(name),
    name,
    'aria-describedby': hint !== undefined && `${idOf(name)}-hint`,
    'aria-invalid': isFaulty(name) && 'true',
  });
  const wrap = (name: string, label: string, input: Html, hint: HtmlValue): Html =>
    html`<div class="field"><label for="${idOf(name)}">${label}</label>${input}${hintOf(idOf(name), hint)}</div>`;

  const boxes = (type: 'checkbox' | 'radio', name: string, legend: string, options: readonly Option[]) => {
    const chosen = linesOf(valueOf(name));
    const unknown = type === 'radio' ? [] : linesOf(toFieldText(values[name] ?? ''));
    const extra = unknown.filter((value) => !options.some((option) => option.value === value));
    const all = [
      ...options,
      ...extra.map((value): Option => ({ value, label: html`<code>${value}</code>` })),
    ];
    return html`<fieldset class="${type === 'radio' ? 'choices' : 'checks'}"><legend>${legend}</legend>
${all.map(
  ({ value, label, hint }) =>
    html`<label class="check"><input${attributes({ type, name, value, checked: chosen.includes(value) })}><span>${label}${
      hint !== undefined && html` <small>${hint}</small>`
    }</span></label>`,
)}</fieldset>`;
  };

  return {
    text: (name, label, { hint, type = 'text', more = {} } = {}) => {
      const input = attributes({
        ...common(name, hint),
        type,
        value: valueOf(name),
        autocomplete: 'off',
        spellcheck: 'false',
        ...(type === 'number' && { min: 0, step: 1, inputmode: 'numeric' }),
        ...more,
      });
      return wrap(name, label, html`<input${input}>`, hint);
    },
    lines: (name, label, hint, { min, max } = { min: 2, max: 12 }) => {
      const text = valueOf(name);
      const rows = Math.min(max, Math.max(min, text.split('\n').length));
      const area = attributes({ ...common(name, hint), rows, spellcheck: 'false', autocomplete: 'off' });
      // A parser drops the line break after the tag.
      return wrap(name, label, html`<textarea${area}>\n${text}</textarea>`, hint);
    },
    select: (name, label, options, hint) => {
      const value = valueOf(name);
      const shown = Object.hasOwn(options, value) ? options : { [value]: value, ...options };
      return wrap(
        name,
        label,
        html`<select${attributes(common(name, hint))}>${Object.entries(shown).map(
          ([key, text]) => html`<option value="${key}"${key === value && html` selected`}>${text}</option>`,
        )}</select>`,
        hint,
      );
    },
    check: (name, label, hint) =>
      html`<label class="check"><input${attributes({ type: 'checkbox', id: idOf(name), name, value: 'yes', checked: valueOf(name) === 'yes' })}><span>${label}${
        hint !== undefined && html` <small>${hint}</small>`
      }</span></label>`,
    checks: (name, legend, options) => boxes('checkbox', name, legend, options),
    radios: (name, legend, options) => boxes('radio', name, legend, options),
  };
}

const hintOf = (id: string, hint: HtmlValue): HtmlValue =>
  hint !== undefined && html`<p class="hint" id="${id}-hint">${hint}</p>`;
