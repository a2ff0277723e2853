import { type Html, html } from '../pages/html.ts';
import { ConsoleRefusal, type Visit } from './console-page.ts';
import { actionForm, card } from './elements.ts';

/** The form that deletes the resource of a page, once its box is ticked; `consequences` is shown above it. */
export const deleteCard = (visit: Visit, what: string, name: string, consequences?: string): Html =>
  card({
    id: 'delete',
    title: 'Delete',
    look: 'danger',
    body: actionForm(
      visit,
      'delete',
      html`${consequences !== undefined && html`<p class="none">${consequences}</p>`}
<label class="check"><input type="checkbox" name="sure" value="yes" required> Delete ${name} permanently</label>
<div class="buttons"><button type="submit" class="small danger">Delete the ${what}</button></div>`,
    ),
  });

/** Throws unless the box of the form is ticked, which a browser requires too. */
export function requireSure({ fields }: Visit, what: string): void {
  if (fields['sure'] !== 'yes') throw new ConsoleRefusal(`Tick the box to delete the ${what}.`);
}
