import { type Html, html } from '../pages/html.ts';

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** A duration in its two largest units: `2 d 3 h`, `45 s`. */
export function formatDuration(seconds: number): string {
  let left = Math.max(0, Math.round(seconds));
  if (left === 0) return '0 s';
  const at = UNITS.findIndex(([, size]) => left >= size);
  const parts = UNITS.slice(at, at + 2).map(([name, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? '' : `${count} ${name}`;
  });
  return parts.filter((part) => part !== '').join(' ');
}

/** A UTC time: `2030-01-31 12:00:00`. */
export const formatUtc = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

/** The time of day; with the date if it is not today by the tenant's clock. */
export function formatTime(at: string | number, nowMs: number): Html {
  const ms = new Date(at).getTime();
  if (Number.isNaN(ms)) return html`${String(at)}`;
  const text = formatUtc(ms);
  const isToday = text.slice(0, 10) === formatUtc(nowMs).slice(0, 10);
  return html`<time datetime="${new Date(ms).toISOString()}" title="${text} UTC">${isToday ? text.slice(11) : text.slice(0, 16)}</time>`;
}

/** A time relative to now, past or future. */
export function formatRelativeTime(ms: number, nowMs: number): Html {
  const seconds = (ms - nowMs) / 1000;
  const text = seconds > 0 ? `in ${formatDuration(seconds)}` : `${formatDuration(-seconds)} ago`;
  return html`<time datetime="${new Date(ms).toISOString()}" title="${formatUtc(ms)} UTC">${text}</time>`;
}
