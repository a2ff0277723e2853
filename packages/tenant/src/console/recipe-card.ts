import {
  FRAMEWORKS,
  type Framework,
  frameworksFor,
  labelOf,
  type Recipe,
  toRecipe,
  usualFramework,
} from '../clients/recipes.ts';
import { attributes, type Html, html } from '../pages/html.ts';
import type { Client } from '../state/settings-documents.ts';
import type { ConsoleDeps, Outcome, Visit } from './console-page.ts';
import { actionButton, card, code } from './elements.ts';
import type { Manage } from './manage.ts';

/** In place of a secret that is not shown. */
const HIDDEN = '...';

/** The framework that the query or the form names, otherwise one that suits the application. */
function chosenFor(client: Client, { query, fields }: Visit): Framework {
  const named = query.get('framework') ?? fields['framework'];
  return FRAMEWORKS.find((framework) => framework === named) ?? usualFramework(client);
}

function recipeOf({ context: { issuer }, caFile }: ConsoleDeps, client: Client, visit: Visit): Recipe {
  return toRecipe(chosenFor(client, visit), { issuer, client, caFile });
}

/** How to configure a framework's SDK for the application, with a picker of frameworks. */
export function recipeCard(deps: ConsoleDeps, client: Client, visit: Visit, isRevealed: boolean): Html {
  const shown = isRevealed ? client : { ...client, client_secret: HIDDEN };
  const { framework, title, file, lines, notes, missing } = recipeOf(deps, shown, visit);
  const choices = new Set([...frameworksFor(client), framework]);
  const lacking = Object.values(missing).flat();
  const hidden = { framework };
  return card({
    id: 'recipe',
    title: 'Use it',
    look: 'wide',
    aside:
      lines.some((line) => line.endsWith(`=${HIDDEN}`)) &&
      actionButton(visit, 'show-secret', 'Show with the secret', { hidden }),
    body: html`<nav class="choice" aria-label="Framework">${[...choices].map(
      (one) =>
        html`<a${attributes({ href: `${visit.path}?framework=${one}#recipe-title`, 'aria-current': one === framework && 'true' })}>${labelOf(one)}</a>`,
    )}</nav>
<p class="caption">${title}, in ${code(file)}</p>
<div class="paste"><pre tabindex="0">${lines.join('\n')}</pre></div>
${notes.map((note) => html`<p class="hint">${note}</p>`)}
${
  deps.context.issuer.startsWith('https:') &&
  html`<p class="hint"><a href="/console/tenant-ca.pem" download>CA certificate</a></p>`
}
${
  lacking.length > 0 &&
  html`<p class="hint">Its URLs do not have ${[...new Set(lacking)].map((url) => html`${code(url)} `)}yet.</p>
<div class="buttons">${actionButton(visit, 'add-urls', 'Add these URLs', { hidden })}</div>`
}`,
  });
}

/** Adds the URLs that the application lacks for a framework. */
export async function addUrls(
  deps: ConsoleDeps,
  manage: Manage,
  client: Client,
  visit: Visit,
): Promise<Outcome> {
  const { client_id, callbacks, allowed_logout_urls, web_origins } = client;
  const { missing } = recipeOf(deps, client, visit);
  await manage('PATCH', ['clients', client_id], {
    callbacks: [...callbacks, ...missing.callbacks],
    allowed_logout_urls: [...allowed_logout_urls, ...missing.allowed_logout_urls],
    web_origins: [...web_origins, ...missing.web_origins],
  });
  return { done: 'urls_added', client_id };
}
