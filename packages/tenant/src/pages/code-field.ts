import { field } from './form.ts';
import type { Html } from './html.ts';

/** Where a code of six digits or so is typed; phones offer the one they have just received. */
export const codeField = ({ autofocus = true }: { readonly autofocus?: boolean } = {}): Html =>
  field({
    name: 'code',
    label: 'Code',
    autocomplete: 'one-time-code',
    more: { inputmode: 'numeric', autofocus, class: 'code', autocapitalize: 'none', spellcheck: 'false' },
  });
