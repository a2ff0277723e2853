import { type Html, html, trustedHtml } from './html.ts';

/** Icons of 24 by 24 in the text colour. They are decorative; the text next to them has the same information. */
const DRAWINGS = {
  gate: '<path d="M3 21V9.5L12 3l9 6.5V21M8 21v-6.5a4 4 0 0 1 8 0V21M1.5 21h21"/>',
  done: '<path d="m4.5 12.5 5 5 10-11"/>',
  error: '<path d="M12 5v8.5M12 18.5v.1"/>',
  otp: '<rect x="6" y="2" width="12" height="20" rx="2.5"/><path d="m9.5 12 2 2 3.5-4"/>',
  sms: '<path d="M4 4.5h16v12h-9L6.5 20v-3.5H4z"/><path d="M8 10.5h8"/>',
  voice:
    '<path d="M6 3h4l1.5 5-2.5 1.5a12 12 0 0 0 5.5 5.5l1.5-2.5 5 1.5v4a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2z"/>',
  push: '<path d="M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4"/>',
  email: '<rect x="2.5" y="5" width="19" height="14" rx="2"/><path d="m3 6.5 9 7 9-7"/>',
  'recovery-code': '<circle cx="8" cy="15" r="4.5"/><path d="M11.5 11.5 20 3m-4.5 4.5L19 11"/>',
} as const satisfies Record<string, string>;

/** A decorative icon, hidden from screen readers. */
export const icon = (name: keyof typeof DRAWINGS, look?: string): Html =>
  html`<svg${look !== undefined && html` class="${look}"`} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${trustedHtml(DRAWINGS[name])}</svg>`;
