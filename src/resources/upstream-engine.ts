import { CircuitState, circuitBreaker, handleAll, SamplingBreaker } from 'cockatiel';
import { Agent, request } from 'undici';
import { readBounded } from '../lib/read-bounded.ts';
import { RecentMap } from '../lib/recent-map.ts';
import { createSingleFlight } from '../lib/single-flight.ts';

const CONNECT_TIMEOUT_MS = 1_000;
const TIMEOUT_MS = 3_000;
const MAX_CONNECTIONS = 32;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const BREAKER = { threshold: 0.5, duration: 5_000, minimumRps: 1 };
const PROBE_AFTER_MS = 5_000;
const CACHED_ANSWERS = 200;
const CACHE_MS = 60_000;

/** An upstream engine is unavailable, or its response is invalid. */
export class EngineUnavailable extends Error {
  override readonly name = 'EngineUnavailable';
}

/** A response of an upstream engine, except for its own failures: parsed JSON. */
export interface EngineAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface UpstreamEngine {
  /**
   * Requests a path with query; POST with a body if `json` is given. Responses are cached for a minute.
   * @throws EngineUnavailable for an outage, a timeout, 429, 5xx, and a response that is not JSON
   */
  ask(path: string, json?: unknown): Promise<EngineAnswer>;
  /** The URL of the engine. */
  readonly url: string;
  /** Whether the breaker is open. */
  isBroken(): boolean;
  close(): Promise<void>;
}

export interface UpstreamEngineOptions {
  /** The URL without a trailing slash. */
  readonly url: string;
  /** Identifies the gateway to the engine's operator. */
  readonly userAgent: string;
  readonly timeoutMs?: number;
  readonly nowMs: () => number;
}

/** The client of a geocoding or routing server: a timeout of 3 s, a breaker, and one call at a time per query. */
export function createUpstreamEngine({
  url,
  userAgent,
  timeoutMs = TIMEOUT_MS,
  nowMs,
}: UpstreamEngineOptions): UpstreamEngine {
  const agent = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, connections: MAX_CONNECTIONS });
  const breaker = circuitBreaker(handleAll, {
    halfOpenAfter: PROBE_AFTER_MS,
    breaker: new SamplingBreaker(BREAKER),
  });
  const once = createSingleFlight<EngineAnswer>();
  const cache = new RecentMap<string, { readonly answer: EngineAnswer; readonly endsAtMs: number }>(
    CACHED_ANSWERS,
  );

  async function send(path: string, body: string | undefined): Promise<EngineAnswer> {
    const answer = await request(`${url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      dispatcher: agent,
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        accept: 'application/json',
        'user-agent': userAgent,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body: body ?? null,
    });
    const { statusCode: status } = answer;
    const bytes = await readBounded(answer.body, MAX_ANSWER_BYTES, () => new Error('the answer is too long'));
    if (status === 429 || status >= 500) throw new Error(`status ${status}`);
    return { status, body: JSON.parse(bytes.toString('utf8')) as unknown };
  }

  return {
    url,
    isBroken: () => breaker.state !== CircuitState.Closed,
    async ask(path, json) {
      const body = json === undefined ? undefined : JSON.stringify(json);
      const key = `${path}\n${body ?? ''}`;
      const known = cache.get(key);
      if (known && known.endsAtMs > nowMs()) return known.answer;
      try {
        const answer = await once(key, () => breaker.execute(() => send(path, body)));
        cache.set(key, { answer, endsAtMs: nowMs() + CACHE_MS });
        return answer;
      } catch (cause) {
        const why =
          breaker.state === CircuitState.Closed ? (cause as Error).message : 'too many calls failed';
        throw new EngineUnavailable(why, { cause });
      }
    },
    close: () => agent.destroy(),
  };
}
