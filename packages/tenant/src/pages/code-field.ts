import { field } from './form.ts';
import type { Html } from './html.ts';

/** The input for a short numeric code; phones suggest the code that they have just received. */
export const codeField = ({ autofocus = true }: { readonly autofocus?: boolean } = {}): Html =>
  field({
    name: 'code',
    label: 'Code',
    autocomplete: 'one-time-code',
    more: { inputmode: 'numeric', autofocus, class: 'code', autocapitalize: 'none', spellcheck: 'false' },
  });
