import { html } from '../pages/html.ts';
import { type ConsoleDeps, type ConsolePage, ConsoleRefusal } from './console-page.ts';
import { actionButton, card, code, list, mark } from './elements.ts';

const AGES: Readonly<Record<string, string>> = {
  current: 'signs',
  next: 'current after the next rotation',
  previous: 'previous key, still valid',
};

/** GET /console/keys: rotates and revokes signing keys. */
export const keysPage = ({ context: { origin }, control: { keys } }: ConsoleDeps): ConsolePage => ({
  path: '/keys',
  section: 'keys',
  show: (visit) => ({
    title: 'Signing keys',
    lead: html`Signing keys of tokens, listed at <a href="${`${origin}/.well-known/jwks.json`}">jwks.json</a>. Services
that verify tokens must reload this list after a rotation.`,
    body: card({
      id: 'keys',
      title: 'Keys',
      look: 'wide',
      aside: actionButton(visit, 'rotate', 'Rotate', { look: 'small' }),
      body: list(
        keys.list().map(
          ({ kid, state = '' }) => html`<div class="line">
<span class="what">${mark(state, state === 'current' ? 'good' : 'plain')} ${code(kid)}</span>
<span class="who soft">${AGES[state]}</span>
<span class="by">${actionButton(visit, 'remove', 'Revoke', { hidden: { kid }, about: `the key ${kid}`, look: 'small danger' })}</span>
</div>`,
        ),
        'No keys.',
      ),
    }),
  }),
  actions: {
    rotate: async () => {
      await keys.rotate();
      return { done: 'keys_rotated' };
    },
    remove: async ({ fields }) => {
      if (await keys.remove(fields['kid'] ?? '')) return { done: 'key_removed' };
      throw new ConsoleRefusal('The key no longer exists.', 404);
    },
  },
});
