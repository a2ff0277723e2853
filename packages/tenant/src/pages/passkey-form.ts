import { button, form } from './form.ts';
import { type Html, html } from './html.ts';
import { inlineScript } from './inline-script.ts';
import type { Page } from './page.ts';

// The form is shown only in browsers that have passkeys. On the sign-up page it takes the identifiers of the other form.
const SCRIPT = inlineScript(`const form = document.querySelector('.passkey form');
const problem = document.querySelector('.passkey [role=alert]');
const account = document.querySelector('form[action="/u/signup"]');
document.querySelector('.passkey').hidden = !window.PublicKeyCredential?.parseCreationOptionsFromJSON;
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  problem.hidden = true;
  const { state, auth_session, authn_response } = form.elements;
  const body = new URLSearchParams({ state: state.value, ceremony: account ? 'sign-up' : 'sign-in' });
  for (const field of account?.querySelectorAll('input:not([type=password],[type=hidden])') ?? []) {
    if (!field.reportValidity()) return;
    body.set(field.name, field.value);
  }
  try {
    const response = await fetch('/u/passkey/challenge', { method: 'POST', body });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error_description);
    const options = answer.authn_params_public_key;
    const credential = account
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    auth_session.value = answer.auth_session;
    authn_response.value = JSON.stringify(credential);
    form.submit();
  } catch (error) {
    problem.textContent = error.name === 'NotAllowedError' ? 'The passkey was not used. Try again.' : error.message;
    problem.hidden = false;
  }
});`);

/** What a page with the passkey form needs in addition. */
export const PASSKEY_PAGE: Pick<Page, 'script' | 'fetchesItself' | 'end'> = {
  script: SCRIPT.source,
  fetchesItself: true,
  end: SCRIPT.element,
};

/** The form posts to /u/passkey with `auth_session` and `authn_response`, which its script gets. */
export const passkeyForm = (state: string, label: string): Html => html`<div class="passkey" hidden>
${form('/u/passkey', { state, auth_session: '', authn_response: '' }, [button({ label, look: 'secondary' })], 'ways')}
<p class="alert" role="alert" hidden></p>
</div>`;
