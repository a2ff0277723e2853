import { form } from '../pages/form.ts';
import { attributes, type Html, type HtmlValue, html } from '../pages/html.ts';
import type { Visit } from './console-page.ts';

/** A part of a page under a heading of its own; `live` has the script keep it up to date. */
export interface Card {
  /** Unique on the page. */
  readonly id: string;
  readonly title: string;
  readonly body: HtmlValue;
  /** Beside the heading. */
  readonly aside?: HtmlValue;
  readonly live?: boolean | undefined;
  readonly look?: 'wide' | 'danger' | undefined;
}

/** A section with a heading, as wide as the page leaves it or, `wide`, as the page. */
export const card = ({ id, title, body, aside, live = false, look }: Card): Html => html`<section${attributes(
  {
    class: look === undefined ? 'card' : `card ${look}`,
    'aria-labelledby': `${id}-title`,
  },
)}>
<div class="card-head"><h2 id="${id}-title">${title}</h2>${aside}</div>
<div${attributes({ id, class: 'card-body', 'data-live': live })}>
${body}
</div>
</section>`;

/** Names and what they stand for; those without a value are left out. */
export const facts = (rows: readonly (readonly [label: string, value: HtmlValue])[]): Html =>
  html`<dl class="facts">${rows
    .filter(([, value]) => value !== undefined && value !== false && value !== '')
    .map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;

/** Items one below the other, or a sentence that says why there is none. */
export const list = (items: readonly HtmlValue[], none: HtmlValue, look = ''): Html =>
  items.length === 0
    ? html`<p class="none">${none}</p>`
    : html`<ul class="${`list ${look}`.trim()}">${items.map((item) => html`<li>${item}</li>`)}</ul>`;

/** How to feel about a mark. */
export type Tone = 'good' | 'bad' | 'warn' | 'plain';

/** A word that stands out. */
export const mark = (text: string, tone: Tone = 'plain'): Html =>
  html`<span class="${`mark ${tone}`}">${text}</span>`;

/** What is to be typed or compared as it is. */
export const code = (text: string): Html => html`<code>${text}</code>`;

/** Short words, each in a frame of its own. */
export const words = (texts: readonly string[], none = 'none'): Html =>
  texts.length === 0
    ? html`<span class="soft">${none}</span>`
    : html`<span class="words">${texts.map((text) => html`<code>${text}</code> `)}</span>`;

/** A form of this page's that does `action`. */
export const actionForm = (
  { path, token }: Visit,
  action: string,
  content: HtmlValue,
  hidden: Readonly<Record<string, string>> = {},
): Html => form(path, { token, action, ...hidden }, content);

/** A form that is a button and nothing else. `about` tells it from its like, for those who do not see where it stands. */
export const actionButton = (
  visit: Visit,
  action: string,
  label: string,
  { hidden = {}, about, look }: ButtonLook = {},
): Html =>
  actionForm(
    visit,
    action,
    html`<button${attributes({ type: 'submit', class: look ?? 'small' })}>${label}${
      about !== undefined && html`<span class="unseen"> ${about}</span>`
    }</button>`,
    hidden,
  );

interface ButtonLook {
  readonly hidden?: Readonly<Record<string, string>>;
  readonly about?: string | undefined;
  readonly look?: 'small' | 'small danger' | undefined;
}

/** A form that looks for something: its fields go into the address. */
export const searchForm = (visit: Visit, name: string, label: string): Html =>
  html`<form class="search" method="get" action="${visit.path}" role="search">
<label class="unseen" for="${name}">${label}</label>
<input${attributes({ id: name, name, type: 'search', value: visit.query.get(name) ?? '', placeholder: label, autocomplete: 'off', maxlength: 320 })}>
<button type="submit" class="small">Search</button>
</form>`;

/** A label and the input, select or textarea of that id. */
export const labelled = (id: string, label: string, input: Html, hint?: HtmlValue): Html =>
  html`<div class="field"><label for="${id}">${label}</label>${input}${
    hint !== undefined && html`<p class="hint">${hint}</p>`
  }</div>`;

/** Anything as JSON, folded away. */
export const asJson = (id: string, value: unknown, summary = 'As JSON'): Html =>
  html`<details id="${id}"><summary>${summary}</summary><pre tabindex="0">${JSON.stringify(value, null, 2)}</pre></details>`;

/** An address that a browser may be sent to, as a link; anything else as text. */
export const safeLink = (url: string, label: string = url): Html =>
  URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
    ? html`<a href="${url}" target="_blank" rel="noopener noreferrer">${label}</a>`
    : code(url);

/** A link to the page of one user or application. */
export const linkTo = (section: 'users' | 'applications', id: string, label: string = id): Html =>
  html`<a href="${`/console/${section}/${encodeURIComponent(id)}`}">${label}</a>`;
