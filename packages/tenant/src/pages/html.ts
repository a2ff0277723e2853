/** Safe HTML, created by `html` or `trustedHtml`. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The values that `html` accepts; false and undefined render nothing. */
export type HtmlValue = Html | string | number | false | undefined | readonly HtmlValue[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? '');

/**
 * A template tag for HTML. It escapes every value, in text and in quoted attributes, unless the value is an `Html`.
 * Quote attributes always; do not insert values into tag names, attribute names, scripts or comments.
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(strings.map((string, at) => string + toText(values[at])).join(''));
}

/** Marks text as HTML. It must not contain any external input. */
export const trustedHtml = (text: string): Html => new Html(text);

function toText(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(toText).join('');
  return escapeHtml(String(value));
}

/** True renders the bare attribute; false and undefined omit it. */
export type AttributeValue = string | number | boolean | undefined;

/** Renders attributes with a leading space each; values are escaped, names are not. */
export const attributes = (values: Readonly<Record<string, AttributeValue>>): Html =>
  new Html(
    Object.entries(values)
      .filter(([, value]) => value !== undefined && value !== false)
      .map(([name, value]) => (value === true ? ` ${name}` : ` ${name}="${escapeHtml(String(value))}"`))
      .join(''),
  );
