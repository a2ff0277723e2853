import type { TotpView } from '../control/control-rows.ts';
import { type Html, html } from '../pages/html.ts';
import { linkTo, list, mark } from './elements.ts';

/** The current codes of authenticator apps. */
export const factorList = (codes: readonly TotpView[], none: string): Html =>
  list(
    codes.map(
      ({ user_id, email, active, code, expires_in_s }) => html`<div class="line">
<span class="what"><code class="big">${code}</code></span>
<span class="who">${linkTo('users', user_id, email ?? user_id)}</span>
<span class="by soft">${active ? `${expires_in_s} s left` : mark('not confirmed yet', 'warn')}</span>
</div>`,
    ),
    none,
    'codes',
  );
