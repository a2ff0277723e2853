import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import { GatewayError } from '../errors.ts';
import type { UpstreamHeaders } from './header-names.ts';
import type { Upload } from './upload.ts';

/** The events of an attempt: head, chunks and end; or an upgraded socket; or a failure, always last. */
export interface UpstreamRequestEvents {
  onHead(status: number, headers: UpstreamHeaders): void;
  /** Returns false to pause until `resume`. */
  onChunk(chunk: Buffer): boolean;
  onEnd(): void;
  onUpgrade(headers: UpstreamHeaders, socket: Duplex): void;
  /** `isUnsent`: nothing of the request was sent and its upload was not read. */
  onFailed(error: Error, isUnsent: boolean): void;
}

export interface UpstreamRequestOptions {
  readonly path: string;
  readonly method: string;
  /** Flat. */
  readonly headers: string[];
  readonly upload: Upload | undefined;
  readonly isUpgrade: boolean;
  /** From the start, or from the end of the upload, to the head of the answer. */
  readonly timeoutMs: number;
  /** Maximum time without progress of the answer, on either side. */
  readonly idleMs: number;
  /** From the head of the answer to its end; Infinity: unlimited. */
  readonly totalMs: number;
}

/** Bodies of these methods have no meaning (RFC 9110 §9.3.1): an upstream may parse one as the next request. */
const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE']);

const timeout = (reason: string): GatewayError => new GatewayError('upstream_timeout', { reason });

/** One request to an upstream, sent once, with timeouts. */
export class UpstreamRequest implements Dispatcher.DispatchHandler {
  readonly #options: UpstreamRequestOptions;
  readonly #events: UpstreamRequestEvents;
  #controller: Dispatcher.DispatchController | undefined;
  #timer: NodeJS.Timeout | undefined;
  #hasHead = false;
  #endsAtMs = Number.POSITIVE_INFINITY;
  #isOver = false;

  constructor(options: UpstreamRequestOptions, events: UpstreamRequestEvents) {
    this.#options = options;
    this.#events = events;
  }

  dispatch(dispatcher: Dispatcher): void {
    const { path, method, headers, upload, isUpgrade, timeoutMs } = this.#options;
    if (!upload) this.#timer = setTimeout(() => this.abort(timeout('head')), timeoutMs);
    const body = upload ?? null;
    const upgrade = isUpgrade ? 'websocket' : null;
    // The upstream must close the connection after its answer.
    const isLast = upload !== undefined && BODILESS.has(method);
    dispatcher.dispatch({ path, method, headers, body, upgrade, ...(isLast && { reset: true }) }, this);
  }

  /** Resumes a paused answer. */
  resume(): void {
    this.#timer?.refresh();
    this.#controller?.resume();
  }

  /** Aborts the attempt, which fails with this error. */
  abort(error: Error): void {
    if (this.#isOver) return;
    this.#finish();
    this.#options.upload?.destroy();
    this.#events.onFailed(error, false);
    this.#controller?.abort(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Aborted while it waited for a connection.
    if (this.#isOver) controller.abort(timeout('connect'));
  }

  onRequestSent(): void {
    const { upload, timeoutMs } = this.#options;
    if (!upload || this.#hasHead || this.#isOver) return;
    this.#timer = setTimeout(() => this.abort(timeout('head')), timeoutMs);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: UpstreamHeaders,
  ): void {
    // Interim answers concern only the hop to the upstream.
    if (status < 200 || this.#isOver) return;
    const { idleMs, totalMs } = this.#options;
    this.#hasHead = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onIdle(), idleMs);
    this.#endsAtMs = performance.now() + totalMs;
    this.#events.onHead(status, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) return;
    this.#timer?.refresh();
    if (performance.now() > this.#endsAtMs) this.abort(timeout('total'));
    else if (!this.#events.onChunk(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.#finish();
    this.#events.onEnd();
  }

  onRequestUpgrade(
    _controller: Dispatcher.DispatchController,
    _status: number,
    headers: UpstreamHeaders,
    socket: Duplex,
  ): void {
    if (this.#isOver) {
      socket.destroy();
      return;
    }
    this.#finish();
    this.#events.onUpgrade(headers, socket);
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    if (this.#isOver) return;
    this.#finish();
    // Without a controller the request still waits for a connection; with one, bytes may have been sent.
    const isUnsent = this.#controller === undefined;
    if (!isUnsent) this.#options.upload?.destroy();
    this.#events.onFailed(error, isUnsent);
  }

  #onIdle(): void {
    const { upload } = this.#options;
    // While the body is being sent, its own timeouts apply.
    if (upload && !upload.destroyed) this.#timer?.refresh();
    else this.abort(timeout('idle'));
  }

  #finish(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}
