import { type Browser, type Form, locationOf, type Page } from '../support/browser.ts';

/** The page's form for `action` with these hidden fields. Throws if there is none. */
export function formOf(page: Page, action: string, hidden: Record<string, string> = {}): Form {
  const wanted = Object.entries({ action, ...hidden });
  const form = page.forms.find(({ fields }) => wanted.every(([name, value]) => fields[name] === value));
  if (!form) throw new Error(`no form for ${action}: ${page.text.slice(0, 2000)}`);
  return form;
}

/** Opens a page and submits its form for `action`, like a browser without scripts; follows the redirect. */
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

/** The message at the top of a console page; undefined if there is none. */
export const noticeOf = (page: Page): string | undefined =>
  /<p class="notice (?:good|bad)" role="(?:status|alert)">([^<]*)</.exec(page.text)?.[1];
