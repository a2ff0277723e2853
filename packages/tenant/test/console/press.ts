import { type Browser, type Form, locationOf, type Page } from '../support/browser.ts';

/** The form of a page that does `action`, with these hidden fields. Throws where the page has none. */
export function formOf(page: Page, action: string, hidden: Record<string, string> = {}): Form {
  const wanted = Object.entries({ action, ...hidden });
  const form = page.forms.find(({ fields }) => wanted.every(([name, value]) => fields[name] === value));
  if (!form) throw new Error(`no form for ${action}: ${page.text.slice(0, 2000)}`);
  return form;
}

/** Opens a page and sends its form for `action`, as a browser without scripts does; follows the redirect. */
export async function press(
  browser: Browser,
  url: string,
  action: string,
  typed: Record<string, string> = {},
  hidden: Record<string, string> = {},
): Promise<Page> {
  const form = formOf(await browser.get(url), action, hidden);
  const answer = await browser.post(form.action, { ...form.fields, ...typed });
  return answer.status === 303 ? browser.get(locationOf(answer)) : answer;
}

/** What the console has to say above a page; undefined where it says nothing. */
export const noticeOf = (page: Page): string | undefined =>
  /<p class="notice (?:good|bad)" role="(?:status|alert)">([^<]*)</.exec(page.text)?.[1];
