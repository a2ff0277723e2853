import type { TenantAnswer } from './tenant-call.ts';

const MAX_RETRY_AFTER_S = 86_400;

const toTimeS = (value: string | string[] | undefined): number => Date.parse(String(value)) / 1000;

/**
 * The seconds that the tenant requests to wait: by `Retry-After` (seconds or a date), or by `X-RateLimit-Reset` (epoch
 * seconds) if no call remains. Dates are relative to the `Date` of the response. Default: `defaultS`; at most a day.
 */
export function toRetryAfterS(headers: TenantAnswer['headers'], defaultS: number): number {
  const sentAtS = toTimeS(headers['date']);
  const isSpent = Number(headers['x-ratelimit-remaining']) === 0;
  const asked = [
    Number(headers['retry-after']),
    toTimeS(headers['retry-after']) - sentAtS,
    isSpent ? Number(headers['x-ratelimit-reset']) - sentAtS : Number.NaN,
  ].find((seconds) => seconds > 0);
  return Math.min(Math.ceil(asked ?? defaultS), MAX_RETRY_AFTER_S);
}
