import type { IncomingMessage } from 'node:http';
import type { Clock } from '../lib/clock.ts';
import type { Middleware } from '../transport/host-guard.ts';
import { maskBody, maskHeaders, maskPath, maskQuery } from './mask.ts';
import { isControlPath, pathOf } from './path-of.ts';

/** A recorded request in the format of `GET /_tenant/requests`, with secrets masked. */
export interface RecordedRequest {
  /** When it arrived, by the tenant's clock (ISO 8601). */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  /** As the endpoint parsed it; absent if it was not parsed. */
  readonly body?: unknown;
  /** Absent if the connection ended before a response. */
  readonly status?: number;
}

export interface RequestRecorder {
  readonly middleware: Middleware;
  /** The latest 200, oldest first. */
  list(): readonly RecordedRequest[];
}

const MAX_REQUESTS = 200;
/** Browsers request it with every page. */
const ICON = '/favicon.ico';

/**
 * Records recent requests. It reads no body itself and uses what the endpoint's parser has set on the request. It does
 * not record requests to the control API and the console, or for the icon.
 */
export function createRequestRecorder({ clock }: { readonly clock: Clock }): RequestRecorder {
  const entries: { view: () => RecordedRequest }[] = [];
  return {
    middleware: (request: IncomingMessage & { readonly body?: unknown }, response, next) => {
      const path = pathOf(request);
      if (!isControlPath(path) && path !== ICON) {
        // Routers shorten the URL while they run, so it is read now.
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
        if (entries.length > MAX_REQUESTS) entries.shift();
        // Computed at the end, so that the record keeps neither the request object nor its secrets.
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
