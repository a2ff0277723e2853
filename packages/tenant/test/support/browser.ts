export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly forms: readonly Form[];
}

export interface Form {
  readonly action: URL;
  readonly method: 'GET' | 'POST';
  /** Names and values of fields that the page prefills, without buttons. Several ticked boxes of a name are on a line each. */
  readonly fields: Readonly<Record<string, string>>;
  readonly buttons: readonly { readonly name: string; readonly value: string }[];
}

/** A browser without rendering: cookies by RFC 6265, forms, and step-by-step redirects. */
export interface Browser {
  /** `name` → value, for all hosts. */
  readonly cookies: ReadonlyMap<string, string>;
  /** GETs one page without following redirects. */
  get(url: string | URL, headers?: Record<string, string>): Promise<Page>;
  /** POSTs a form without following redirects. */
  post(url: string | URL, fields: Record<string, string>, headers?: Record<string, string>): Promise<Page>;
  /** Follows redirects within the origin of the first page; the last response may redirect elsewhere. */
  open(url: string | URL): Promise<Page>;
  /** Fills in and submits the page's form with these fields, and follows redirects like `open`. */
  submit(page: Page, fields: Record<string, string>): Promise<Page>;
  clearCookies(): void;
}

/** The redirect target of a response. Throws if it does not redirect. */
export function locationOf(page: Page): URL {
  const location = page.headers.get('location');
  if (location === null) throw new Error(`no redirect but ${page.status}: ${page.text.slice(0, 2000)}`);
  return new URL(location, page.url);
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly host: string;
  readonly path: string;
}

/**
 * A browser with an empty cookie jar. Ports share cookies, as in real browsers. With `trustsLoopback`, it keeps secure cookies over
 * http, as Chromium does for localhost.
 */
export function createBrowser({ trustsLoopback = false } = {}): Browser {
  let jar: Cookie[] = [];

  const cookieHeader = (url: URL): string =>
    jar
      .filter(({ host, path }) => host === url.hostname && isUnder(url.pathname, path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');

  function keep(url: URL, header: string): void {
    const [pair = '', ...attributes] = header.split(/; */);
    const [name = ''] = pair.split('=', 1);
    const attribute = (wanted: string) =>
      attributes.map((text) => text.split('=')).find(([key]) => key?.toLowerCase() === wanted);
    const path = attribute('path')?.[1] ?? '/';
    if (attribute('secure') && url.protocol === 'http:' && !trustsLoopback) return;
    jar = jar.filter(
      (cookie) => cookie.name !== name || cookie.path !== path || cookie.host !== url.hostname,
    );
    if (attribute('max-age')?.[1] === '0') return;
    jar.push({ name, value: pair.slice(name.length + 1), host: url.hostname, path });
  }

  async function call(url: URL, init: RequestInit): Promise<Page> {
    const cookie = cookieHeader(url);
    const headers = new Headers(init.headers);
    if (!headers.has('accept')) headers.set('accept', 'text/html');
    if (cookie !== '') headers.set('cookie', cookie);
    const response = await fetch(url, { redirect: 'manual', ...init, headers });
    for (const header of response.headers.getSetCookie()) keep(url, header);
    const text = await response.text();
    return { url, status: response.status, headers: response.headers, text, forms: parseForms(text, url) };
  }

  async function follow(first: Page): Promise<Page> {
    let page = first;
    for (let hop = 0; hop < 10; hop += 1) {
      const target = page.headers.has('location') ? locationOf(page) : undefined;
      if (!target || target.origin !== first.url.origin) return page;
      page = await call(target, {});
    }
    throw new Error(`too many redirects, last to ${page.url.href}`);
  }

  const post: Browser['post'] = (url, fields, headers = {}) => {
    const target = new URL(url);
    return call(target, {
      method: 'POST',
      body: new URLSearchParams(fields),
      headers: { origin: target.origin, ...headers },
    });
  };

  return {
    get cookies() {
      return new Map(jar.map(({ name, value }) => [name, value]));
    },
    get: (url, headers = {}) => call(new URL(url), { headers }),
    post,
    open: async (url) => follow(await call(new URL(url), {})),
    async submit(page, fields) {
      const form = page.forms.find((candidate) => hasAll(candidate, fields));
      if (!form)
        throw new Error(`no form with ${Object.keys(fields).join(', ')}: ${page.text.slice(0, 3000)}`);
      const filled = { ...form.fields, ...fields };
      if (form.method === 'POST') return follow(await post(form.action, filled, { origin: page.url.origin }));
      const target = new URL(form.action);
      target.search = new URLSearchParams(filled).toString();
      return follow(await call(target, {}));
    },
    clearCookies() {
      jar = [];
    },
  };
}

const isUnder = (path: string, cookiePath: string): boolean =>
  path === cookiePath ||
  (path.startsWith(cookiePath) && (cookiePath.endsWith('/') || path[cookiePath.length] === '/'));

/** Whether the form has all the fields: an input with the name, or a button with the name and value. */
const hasAll = ({ fields, buttons }: Form, wanted: Record<string, string>): boolean =>
  Object.entries(wanted).every(
    ([name, value]) =>
      name in fields || buttons.some((button) => button.name === name && button.value === value),
  );

function parseForms(html: string, page: URL): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gis)].map(([, tag = '', inner = '']) => {
    const fields: Record<string, string> = {};
    const buttons: Form['buttons'][number][] = [];
    for (const [, element = '', attributes = '', content = ''] of inner.matchAll(ELEMENT)) {
      const name = attributeOf(attributes, 'name');
      const type = attributeOf(attributes, 'type')?.toLowerCase();
      if (name === undefined) continue;
      const value = valueOf(element.toLowerCase(), attributes, content);
      const isChoice = type === 'radio' || type === 'checkbox';
      if (element.toLowerCase() === 'button' || type === 'submit') buttons.push({ name, value });
      else if (!isChoice) fields[name] = value;
      else if (!/\schecked\b/i.test(attributes)) fields[name] ??= '';
      else fields[name] = type === 'checkbox' && fields[name] ? `${fields[name]}\n${value}` : value;
    }
    const method = attributeOf(tag, 'method')?.toUpperCase() === 'POST' ? 'POST' : 'GET';
    return { action: new URL(attributeOf(tag, 'action') ?? page.href, page), method, fields, buttons };
  });
}

/** A control with its content, which an input does not have. */
const ELEMENT = /<(input|button|select|textarea)\b([^>]*)>(?:(.*?)<\/\1>)?/gis;

function valueOf(element: string, attributes: string, content: string): string {
  if (element === 'textarea') return unescapeHtml(content.replace(/^\n/, ''));
  if (element !== 'select') return attributeOf(attributes, 'value') ?? '';
  const options = [...content.matchAll(/<option\b([^>]*)>([^<]*)/gi)];
  const [, option = '', text = ''] =
    options.find(([, found = '']) => /\sselected\b/i.test(found)) ?? options[0] ?? [];
  return attributeOf(option, 'value') ?? unescapeHtml(text);
}

function attributeOf(tag: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i').exec(tag);
  const value = match?.[1] ?? match?.[2] ?? match?.[3];
  return value === undefined ? undefined : unescapeHtml(value);
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescapeHtml = (text: string): string =>
  text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex: string, decimal: string, name: string) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    return decimal ? String.fromCodePoint(Number(decimal)) : (entities[name] ?? whole);
  });
