import { type Html, html } from '../pages/html.ts';
import { SeedError } from '../seed/seed-error.ts';
import type { StoreReport } from '../transfer/store-keeper.ts';
import { TransferError } from '../transfer/transfer-error.ts';
import {
  type ConsoleDeps,
  type ConsolePage,
  ConsoleRefusal,
  type Outcome,
  type Visit,
} from './console-page.ts';
import { actionForm, card, code, labelled } from './elements.ts';
import type { Notice } from './notices.ts';

/** GET /console/data: exports, imports, seeds or resets the tenant. */
export const dataPage = ({ control: { about, keeper } }: ConsoleDeps): ConsolePage => ({
  path: '/data',
  section: 'data',
  show: (visit) => ({
    title: 'Data',
    lead: html`Stored in ${code(about.data)}.`,
    body: html`<div class="cards packed">
${card({
  id: 'export',
  title: 'Export',
  body: html`<p class="none">Settings and users, including application secrets and password hashes, but no sessions, tokens, mails
or logs.</p>
<div class="buttons"><a class="button small" href="/console/tenant-export.json" download>Download</a></div>`,
})}
${card({
  id: 'import',
  title: 'Import',
  body: pasteForm(
    visit,
    'import',
    'export',
    'An export',
    'Import',
    'Replaces all data and signs all users out.',
  ),
})}
${card({
  id: 'seed',
  title: 'Seed',
  body: pasteForm(
    visit,
    'seed',
    'text',
    'A seed, YAML or JSON',
    'Apply seed',
    'Applied on top of the existing data; an entry with the same key is replaced.',
  ),
})}
${card({
  id: 'reset',
  title: 'Reset',
  look: 'danger',
  body: actionForm(
    visit,
    'reset',
    html`<label class="check"><input type="checkbox" name="sure" value="yes" required> Delete all data and apply the seeds</label>
<div class="buttons"><button type="submit" class="small danger">Reset the tenant</button></div>`,
  ),
})}
</div>`,
  }),
  actions: {
    import: ({ fields }) => applyFile('imported', () => keeper.import(parseJson(fields['export'] ?? ''))),
    seed: ({ fields }) =>
      applyFile('seeded', () => keeper.seed({ text: fields['text'] ?? '', name: 'seed' })),
    reset: ({ fields }) => {
      if (fields['sure'] !== 'yes') throw new ConsoleRefusal('Tick the box to reset the tenant.');
      return applyFile('reset', () => keeper.reset());
    },
  },
});

/** A form for the text of a file; a rejected text stays in it. */
const pasteForm = (
  visit: Visit,
  action: string,
  name: string,
  label: string,
  button: string,
  hint: string,
): Html =>
  actionForm(
    visit,
    action,
    html`${labelled(
      `${action}-text`,
      label,
      html`<textarea id="${`${action}-text`}" name="${name}" rows="6" required spellcheck="false" autocomplete="off">${visit.fields[name]}</textarea>`,
      hint,
    )}
<div class="buttons"><button type="submit" class="small">${button}</button></div>`,
  );

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ConsoleRefusal('The export is not valid JSON.');
  }
}

/** Throws a `ConsoleRefusal` that lists every error of the file. */
async function applyFile(done: Notice, work: () => Promise<StoreReport>): Promise<Outcome> {
  try {
    await work();
    return { done };
  } catch (error) {
    if (error instanceof TransferError || error instanceof SeedError) throw new ConsoleRefusal(error.message);
    throw error;
  }
}
