import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import { GatewayError } from '../errors.ts';
import type { UpstreamHeaders } from './header-names.ts';
import type { Upload } from './upload.ts';

/** What becomes of an attempt: a head, chunks and an end; or a socket of its own; or a failure, which is the last. */
export interface UpstreamRequestEvents {
  onHead(status: number, headers: UpstreamHeaders): void;
  /** False: no more until `resume`. */
  onChunk(chunk: Buffer): boolean;
  onEnd(): void;
  onUpgrade(headers: UpstreamHeaders, socket: Duplex): void;
  /** `isUnsent`: nothing of the request has been sent, nor has its upload been read. */
  onFailed(error: Error, isUnsent: boolean): void;
}

export interface UpstreamRequestOptions {
  readonly path: string;
  readonly method: string;
  /** Flat. */
  readonly headers: string[];
  readonly upload: Upload | undefined;
  readonly isUpgrade: boolean;
  /** From here, or from the end of the upload, to the head of the answer. */
  readonly timeoutMs: number;
  /** How long the answer may stand still, whoever holds it up. */
  readonly idleMs: number;
  /** From the head of the answer to its end; Infinity: unlimited. */
  readonly totalMs: number;
}

/** Their bodies have no meaning (RFC 9110 §9.3.1): an upstream may take one for its next request. */
const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE']);

const timeout = (reason: string): GatewayError => new GatewayError('upstream_timeout', { reason });

/** One request sent to an upstream, once, with its times kept. */
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
    // The upstream is told to end the connection with its answer.
    const isLast = upload !== undefined && BODILESS.has(method);
    dispatcher.dispatch({ path, method, headers, body, upgrade, ...(isLast && { reset: true }) }, this);
  }

  /** Takes what was held back. */
  resume(): void {
    this.#timer?.refresh();
    this.#controller?.resume();
  }

  /** Ends the attempt, at the upstream too; it fails with this error. */
  abort(error: Error): void {
    if (this.#isOver) return;
    this.#finish();
    this.#options.upload?.destroy();
    this.#events.onFailed(error, false);
    this.#controller?.abort(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Given up while it waited for a connection.
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
    // Interim answers are for the hop between us and the upstream.
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
    // A request waits for a connection without a controller; with one its bytes are on their way.
    const isUnsent = this.#controller === undefined;
    if (!isUnsent) this.#options.upload?.destroy();
    this.#events.onFailed(error, isUnsent);
  }

  #onIdle(): void {
    const { upload } = this.#options;
    // While a body is still on its way, its own times are kept.
    if (upload && !upload.destroyed) this.#timer?.refresh();
    else this.abort(timeout('idle'));
  }

  #finish(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}
