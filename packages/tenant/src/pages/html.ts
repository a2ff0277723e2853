/** A piece of HTML that is safe to send: made by `html`, or vouched for by `trustedHtml`. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What `html` takes in; false and undefined leave nothing. */
export type HtmlValue = Html | string | number | false | undefined | readonly HtmlValue[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"'`]/g, (character) => entities[character] ?? '');

/**
 * Writes HTML. Whatever is put in is escaped, for text and for quoted attributes alike, unless it is `Html` itself.
 * Attributes are always quoted; nothing is put into tags, names of attributes, scripts or comments.
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return new Html(strings.map((string, at) => string + toText(values[at])).join(''));
}

/** Text that is HTML already and holds nothing that came from outside. */
export const trustedHtml = (text: string): Html => new Html(text);

function toText(value: HtmlValue): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(toText).join('');
  return escapeHtml(String(value));
}

/** An attribute's value; true stands alone, false and undefined leave it out. */
export type AttributeValue = string | number | boolean | undefined;

/** Attributes with a space before each, names as given, values escaped. */
export const attributes = (values: Readonly<Record<string, AttributeValue>>): Html =>
  new Html(
    Object.entries(values)
      .filter(([, value]) => value !== undefined && value !== false)
      .map(([name, value]) => (value === true ? ` ${name}` : ` ${name}="${escapeHtml(String(value))}"`))
      .join(''),
  );
