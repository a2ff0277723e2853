import { form } from '../pages/form.ts';
import { attributes, type Html, type HtmlValue, html } from '../pages/html.ts';
import type { Visit } from './console-page.ts';

/** A section of a page with a heading; the script refreshes it if it is `live`. */
export interface Card {
  /** Unique on the page. */
  readonly id: string;
  readonly title: string;
  readonly body: HtmlValue;
  /** Shown beside the heading. */
  readonly aside?: HtmlValue;
  readonly live?: boolean | undefined;
  readonly look?: 'wide' | 'danger' | undefined;
}

/** A section with a heading, in a column of the page or, with `wide`, across it. */
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

/** A list of names and values; entries without a value are left out. */
export const facts = (rows: readonly (readonly [label: string, value: HtmlValue])[]): Html =>
  html`<dl class="facts">${rows
    .filter(([, value]) => value !== undefined && value !== false && value !== '')
    .map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;

/** A list of items, or the text `none` if there are none. */
export const list = (items: readonly HtmlValue[], none: HtmlValue, look = ''): Html =>
  items.length === 0
    ? html`<p class="none">${none}</p>`
    : html`<ul class="${`list ${look}`.trim()}">${items.map((item) => html`<li>${item}</li>`)}</ul>`;

/** The colour of a mark. */
export type Tone = 'good' | 'bad' | 'warn' | 'plain';

/** A highlighted word. */
export const mark = (text: string, tone: Tone = 'plain'): Html =>
  html`<span class="${`mark ${tone}`}">${text}</span>`;

/** Text in a code font. */
export const code = (text: string): Html => html`<code>${text}</code>`;

/** A list of short words in code font. */
export const words = (texts: readonly string[], none = 'none'): Html =>
  texts.length === 0
    ? html`<span class="soft">${none}</span>`
    : html`<span class="words">${texts.map((text) => html`<code>${text}</code> `)}</span>`;

/** A form of the page that posts `action`. */
export const actionForm = (
  { path, token }: Visit,
  action: string,
  content: HtmlValue,
  hidden: Readonly<Record<string, string>> = {},
): Html => form(path, { token, action, ...hidden }, content);

/** A form with only a button. `about` is its accessible name's context, which distinguishes it from similar buttons. */
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

/** A search form: its fields become the query. */
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

/** A value as JSON, collapsed. */
export const asJson = (id: string, value: unknown, summary = 'As JSON'): Html =>
  html`<details id="${id}"><summary>${summary}</summary><pre tabindex="0">${JSON.stringify(value, null, 2)}</pre></details>`;

/** A link if the URL is safe to open, otherwise text. */
export const safeLink = (url: string, label: string = url): Html =>
  URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
    ? html`<a href="${url}" target="_blank" rel="noopener noreferrer">${label}</a>`
    : code(url);

/** A link to the page of one user, application, API, role, organization or Action. */
export const linkTo = (
  section: 'users' | 'applications' | 'apis' | 'roles' | 'organizations' | 'actions',
  id: string,
  label: string = id,
): Html => html`<a href="${`/console/${section}/${encodeURIComponent(id)}`}">${label}</a>`;
