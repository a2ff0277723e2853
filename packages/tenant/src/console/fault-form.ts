import type { z } from 'zod';
import { type Fault, faultBody } from '../control/fault.ts';
import { type Html, html } from '../pages/html.ts';
import { ConsoleRefusal, type Visit } from './console-page.ts';
import { actionForm, labelled } from './elements.ts';

const PATHS = [
  '^/oauth/token$',
  '^/authorize',
  '^/userinfo$',
  '^/\\.well-known/',
  '^/dbconnections/',
  '^/api/v2/',
  '.',
];
const METHODS = ['*', 'GET', 'POST', 'PATCH', 'PUT', 'DELETE'];
const KINDS = {
  status: 'Respond with a status',
  reset: 'Reset the connection',
  delay: 'Delay only',
} as const;

const select = (id: string, options: Readonly<Record<string, string>>, chosen: string): Html =>
  html`<select id="${id}" name="${id}">${Object.entries(options).map(
    ([value, label]) =>
      html`<option value="${value}"${value === chosen && html` selected`}>${label}</option>`,
  )}</select>`;

/** The form that injects a fault, with the submitted values if it was rejected. */
export function faultForm(visit: Visit): Html {
  const { fields } = visit;
  const input = (name: string, value: string, type: 'text' | 'number' = 'text'): Html =>
    html`<input id="${name}" name="${name}" type="${type}" value="${fields[name] ?? value}" autocomplete="off"${
      name === 'path' && html` list="paths" required spellcheck="false" maxlength="200"`
    }${type === 'number' && html` min="0" step="1"`}>`;
  const same = Object.fromEntries(METHODS.map((method) => [method, method === '*' ? 'any method' : method]));
  return actionForm(
    visit,
    'add',
    html`<div class="fields">
${labelled('method', 'Method', select('method', same, fields['method'] ?? 'POST'))}
${labelled('path', 'Path, a regular expression', html`${input('path', '^/oauth/token$')}<datalist id="paths">${PATHS.map((path) => html`<option value="${path}">`)}</datalist>`)}
${labelled('kind', 'What happens', select('kind', KINDS, fields['kind'] ?? 'status'))}
${labelled('status', 'Status', input('status', '503', 'number'))}
${labelled('retry_after', 'Retry-After, in seconds', input('retry_after', '', 'number'))}
${labelled('body', 'Body, JSON or text', input('body', ''))}
${labelled('delay_ms', 'Delay, in milliseconds', input('delay_ms', '', 'number'))}
${labelled('times', 'How many times', input('times', '1', 'number'))}
</div>
<button type="submit" class="primary">Inject the fault</button>`,
  );
}

/** The fault of a submitted form. Throws `ConsoleRefusal` if the control API's schema rejects it. */
export function parseFault({ fields }: Visit): Fault {
  const { kind, method, path, retry_after = '', body = '', delay_ms = '' } = fields;
  const answers = kind === 'status' && {
    status: Number(fields['status']),
    ...(retry_after !== '' && { headers: { 'retry-after': retry_after } }),
    ...(body !== '' && { body: parseBody(body) }),
  };
  const parsed = faultBody.safeParse({
    method,
    path,
    ...answers,
    ...(kind === 'reset' && { reset: true }),
    ...(delay_ms !== '' && { delay_ms: Number(delay_ms) }),
    times: Number(fields['times']),
  });
  if (parsed.success) return parsed.data;
  throw new ConsoleRefusal(`The fault was not added. ${toSentence(parsed.error)}`);
}

/** Parses JSON; anything else is text. */
function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const toSentence = ({ issues }: z.ZodError): string =>
  issues.map(({ path, message }) => [...path, message].join(': ')).join('; ');
