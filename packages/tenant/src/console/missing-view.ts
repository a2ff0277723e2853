import { html } from '../pages/html.ts';
import type { ConsoleView } from './console-page.ts';

/** Where there is nothing to show. */
export const missingView: ConsoleView = {
  title: 'Nothing here',
  lead: 'What you look for does not exist, or not any more.',
  body: html`<p><a href="/">Back to the overview</a></p>`,
};
