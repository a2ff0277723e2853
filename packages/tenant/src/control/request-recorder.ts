import type { IncomingMessage } from 'node:http';
import type { Clock } from '../lib/clock.ts';
import type { Middleware } from '../transport/host-guard.ts';
import { maskBody, maskHeaders, maskPath, maskQuery } from './mask.ts';
import { isControlPath, pathOf } from './path-of.ts';

/** A request as `GET /_tenant/requests` shows it, secrets masked. */
export interface RecordedRequest {
  /** When it came, by the tenant's clock (ISO 8601). */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  /** As the endpoint parsed it; absent where none did. */
  readonly body?: unknown;
  /** Absent where the connection ended before an answer. */
  readonly status?: number;
}

export interface RequestRecorder {
  readonly middleware: Middleware;
  /** The latest 200, oldest first. */
  list(): readonly RecordedRequest[];
}

const maxRequests = 200;

/**
 * Remembers what was asked lately. It reads no body but looks at what the endpoint's own parser left on the
 * request. Control requests are not recorded.
 */
export function createRequestRecorder({ clock }: { readonly clock: Clock }): RequestRecorder {
  const entries: { view: () => RecordedRequest }[] = [];
  return {
    middleware: (request: IncomingMessage & { readonly body?: unknown }, response, next) => {
      const path = pathOf(request);
      if (!isControlPath(path)) {
        // Routers shorten the target while they run, so it is read now.
        const arrived = {
          at: new Date(clock.now()).toISOString(),
          method: request.method ?? '',
          path: maskPath(path),
          query: maskQuery(request.url?.split('?').slice(1).join('?') ?? ''),
          headers: maskHeaders(request.headers),
        };
        const entry = {
          view: (): RecordedRequest => ({
            ...arrived,
            ...(request.body !== undefined && { body: maskBody(request.body) }),
            ...(response.headersSent && { status: response.statusCode }),
          }),
        };
        entries.push(entry);
        if (entries.length > maxRequests) entries.shift();
        // Settled at the end, so that no request and none of its secrets are kept alive.
        response.once('close', () => {
          const settled = entry.view();
          entry.view = () => settled;
        });
      }
      next();
    },
    list: () => entries.map((entry) => entry.view()),
  };
}
