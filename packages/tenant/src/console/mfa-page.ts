import { readGuardian } from '../factors/guardian.ts';
import { html } from '../pages/html.ts';
import type { FactorName, Guardian } from '../state/factor-documents.ts';
import type { ConsoleDeps, ConsolePage, Outcome, Visit } from './console-page.ts';
import { card } from './elements.ts';
import { inputForm } from './form-inputs.ts';
import { type FormValues, readChanges } from './form-values.ts';
import type { Manage } from './manage.ts';

/** The policies; `never` is an empty list at the Management API. */
const POLICIES = [
  { value: 'never', label: 'Never', hint: 'except for users who have enrolled a factor' },
  {
    value: 'confidence-score',
    label: 'Adaptive',
    hint: 'enrolled users, at another address than at their last sign-in',
  },
  { value: 'all-applications', label: 'Always', hint: 'every user must enrol a factor' },
];
const FACTORS: Readonly<Record<FactorName, string>> = {
  otp: 'One-time code of an authenticator app',
  sms: 'Phone',
  email: 'Email',
  'push-notification': 'Push notification',
  'recovery-code': 'Recovery code',
};
const MESSAGE_TYPES = [
  { value: 'sms', label: 'Text message' },
  { value: 'voice', label: 'Call' },
];

const valuesOf = ({ policies, factors, phone_message_types }: Guardian): FormValues => ({
  policy: policies[0] ?? 'never',
  factors: Object.entries(factors)
    .filter(([, { enabled }]) => enabled)
    .map(([name]) => name),
  message_types: MESSAGE_TYPES.map(({ value }) => value).filter((type) =>
    phone_message_types.some((enabled) => enabled === type),
  ),
});

/** GET /console/mfa: when users are asked for a second factor, and by which ones. */
export const mfaPage = ({ context }: ConsoleDeps, manage: Manage): ConsolePage => ({
  path: '/mfa',
  section: 'mfa',
  show: (visit) => ({
    title: 'Multi-factor authentication',
    lead: html`An application can ask for a second factor by <code>acr_values</code>, and an Action can ask for one or leave it out.`,
    body: card({
      id: 'mfa',
      title: 'Policy and factors',
      look: 'wide',
      body: inputForm(
        { visit, action: 'save', values: valuesOf(readGuardian(context)) },
        { label: 'Save' },
        (inputs) => html`${inputs.radios('policy', 'Ask for a second factor', POLICIES)}
${inputs.checks(
  'factors',
  'Factors',
  Object.entries(FACTORS).map(([value, label]) => ({ value, label })),
)}
${inputs.checks('message_types', 'How codes reach phones', MESSAGE_TYPES)}`,
      ),
    }),
  }),
  actions: { save: (visit) => save(context, manage, visit) },
});

async function save(context: ConsoleDeps['context'], manage: Manage, visit: Visit): Promise<Outcome> {
  const { factors } = readGuardian(context);
  const { policy, factors: chosen, message_types } = readChanges(visit, valuesOf(readGuardian(context)));
  if (policy !== undefined) await manage('PUT', ['guardian', 'policies'], policy === 'never' ? [] : [policy]);
  if (message_types !== undefined)
    await manage('PUT', ['guardian', 'factors', 'phone', 'message-types'], { message_types });
  for (const [name, { enabled }] of Object.entries(factors)) {
    const isChosen = Array.isArray(chosen) && chosen.includes(name);
    if (chosen !== undefined && isChosen !== enabled)
      await manage('PUT', ['guardian', 'factors', name], { enabled: isChosen });
  }
  return { done: 'mfa_saved' };
}
