import { type Dispatcher, request } from 'undici';
import { readBounded } from '../lib/read-bounded.ts';

const MAX_BYTES = 512 * 1024;

export interface FetchedJson {
  readonly json: unknown;
  /** The `max-age` of `Cache-Control` in seconds, if present. */
  readonly maxAgeS: number | undefined;
}

/** Fetches JSON by GET. Throws unless the answer is 200 with at most 512 kB; follows no redirects. */
export async function fetchBoundedJson(
  url: URL,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<FetchedJson> {
  const { statusCode, headers, body } = await request(url, {
    dispatcher,
    signal,
    headers: { accept: 'application/json' },
  });
  // A body destroyed unread emits an error, which without a listener would end the process.
  body.on('error', () => {});
  let bytes: Buffer;
  try {
    if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
    bytes = await readBounded(body, MAX_BYTES, () => new Error(`answered more than ${MAX_BYTES} bytes`));
  } finally {
    body.destroy();
  }
  const maxAge = /(?:^|[\s,])max-age="?(\d+)/i.exec(String(headers['cache-control'] ?? ''));
  return {
    json: JSON.parse(bytes.toString('utf8')),
    maxAgeS: maxAge ? Number(maxAge[1]) : undefined,
  };
}
