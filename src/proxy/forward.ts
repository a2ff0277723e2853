import type { Duplex } from 'node:stream';
import { GatewayError } from '../errors.ts';
import type { ProxiedCall } from '../http/proxy-route.ts';
import { acceptWebSocket } from './accept-web-socket.ts';
import { Answer } from './answer.ts';
import { Attempt, type AttemptEvents } from './attempt.ts';
import type { ForwardRow } from './forward-row.ts';
import { toText, type UpstreamHeaders } from './header-names.ts';
import { joinSockets } from './join-sockets.ts';
import { hasBody, Upload } from './upload.ts';
import { isOthersFault, toUpstreamError } from './upstream-error.ts';
import type { Authorize } from './upstream-token.ts';

const ANSWER_TOTAL_MS = 300_000;
/** The caller has gone: nobody gets this status, but the log and the metrics name it so. */
const CLIENT_GONE = 499;
const downStatuses: ReadonlySet<number> = new Set([502, 503, 504]);
/** How a call that cannot go on ends, where it is not the upstream that has failed. */
type Ending = 'gone' | 'replayed' | 'ended';

/**
 * One call on its way through: sent, perhaps once again, and answered once. It holds a place at its upstream from the
 * first bytes of its body on, until it is over or goes on as an open stream.
 */
export class Forward implements AttemptEvents {
  readonly #row: ForwardRow;
  readonly #call: ProxiedCall;
  readonly #path: string;
  readonly #upload: Upload | undefined;
  readonly #answer: Answer;
  #authorization: string | undefined;
  #attempt: Attempt | undefined;
  #startedAtMs = 0;
  /** Of the head that has been passed on; 0: none yet. */
  #status = 0;
  readonly #isRepeatable: boolean;
  #isRetried = false;
  #isForced = false;
  #ending: Ending | undefined;
  #forget: (() => void) | undefined;
  #hasPlace = false;
  #isOver = false;

  constructor(row: ForwardRow, call: ProxiedCall, path: string) {
    const { request, response } = call;
    const { maxBodyBytes, retries } = row.target;
    this.#row = row;
    this.#call = call;
    this.#path = path;
    if (hasBody(request))
      this.#upload = new Upload(request, response, () => this.#begin(), { maxBytes: maxBodyBytes });
    const isSafe = request.method === 'GET' || request.method === 'HEAD';
    this.#isRepeatable = retries > 0 && isSafe && !this.#upload && !call.exchange.isUpgrade;
    this.#answer = new Answer(response, () => this.#attempt?.resume());
    response.on('close', this.#onClosed);
  }

  start(): void {
    const upload = this.#upload;
    if (!upload) this.#begin();
    else if (this.#isGone()) this.fail(new Error('gone'));
    else {
      upload.once('error', (error) => {
        if (!this.#attempt) this.fail(error);
      });
      upload.receive();
    }
  }

  #begin(): void {
    const { upstream, places } = this.#row;
    try {
      upstream.enter(places, this.#call.exchange.ip);
    } catch (error) {
      this.fail(error);
      return;
    }
    this.#hasPlace = true;
    this.#authorize();
  }

  #authorize(): void {
    const { request, exchange } = this.#call;
    let authorization: ReturnType<Authorize>;
    try {
      authorization = this.#row.authorize(request, exchange.caller, this.#isForced);
    } catch (error) {
      this.fail(error);
      return;
    }
    if (!(authorization instanceof Promise)) this.#send(authorization);
    else
      authorization.then(
        (known) => this.#send(known),
        (error: unknown) => this.fail(error),
      );
  }

  #send(authorization: string | undefined): void {
    if (this.#isOver) return;
    const { request, exchange } = this.#call;
    if (this.#isGone()) {
      this.fail(new Error('gone'));
      return;
    }
    const { target, upstream, toRequestHeaders } = this.#row;
    this.#authorization = authorization;
    this.#startedAtMs = performance.now();
    const options = {
      path: this.#path,
      method: request.method ?? '',
      headers: toRequestHeaders(request, exchange, authorization),
      upload: this.#upload,
      isUpgrade: exchange.isUpgrade,
      timeoutMs: target.timeoutMs,
      idleMs: target.idleTimeoutMs,
      totalMs: target.isStream ? Number.POSITIVE_INFINITY : ANSWER_TOTAL_MS,
    };
    this.#attempt = new Attempt(options, this);
    this.#attempt.dispatch(upstream.poolFor(target.keepAliveMs));
  }

  onHead(status: number, headers: UpstreamHeaders): void {
    const { exchange, headers: ours } = this.#call;
    const { upstream, toAnswerHeaders, isDraining } = this.#row;
    // Its name goes with the hop, so its bytes would be taken for the body itself (RFC 9112 §6.1).
    if ((toText(headers['transfer-encoding']) ?? 'chunked').toLowerCase() !== 'chunked') {
      this.#attempt?.abort(new GatewayError('upstream_error', { reason: 'transfer-encoding' }));
      return;
    }
    upstream.note(downStatuses.has(status) ? 'bad' : 'good');
    if (status === 401 && this.#mayForce()) {
      this.#stop('replayed');
      return;
    }
    if (toText(headers['content-type'])?.startsWith('text/event-stream')) {
      const refusal = this.#openStream(() => this.#stop('ended'));
      if (refusal) {
        this.#attempt?.abort(refusal);
        return;
      }
    }
    const isLast = isDraining() || exchange.isUpgrade;
    const out = toAnswerHeaders(status, headers, exchange, ours);
    this.#answer.begin(status, out, toText(headers['content-length']), isLast);
    this.#status = status;
  }

  onChunk(chunk: Buffer): boolean {
    return this.#answer.write(chunk);
  }

  onEnd(): void {
    this.#answer.end();
    this.#settle(this.#status, String(this.#status));
  }

  onUpgrade(headers: UpstreamHeaders, upstreamSocket: Duplex): void {
    const { exchange, response, headers: ours } = this.#call;
    const { upstream, toAnswerHeaders } = this.#row;
    upstream.note('good');
    let end = (): void => {};
    const refusal = this.#openStream(() => end());
    if (refusal) {
      upstreamSocket.destroy();
      this.#observe(refusal.code);
      this.fail(refusal);
      return;
    }
    response.off('close', this.#onClosed);
    const socket = acceptWebSocket(response, toAnswerHeaders(101, headers, exchange, ours));
    end = joinSockets(socket, upstreamSocket, () => this.#leave());
    this.#observe('101');
    this.#tell(101);
  }

  /** From now on the call counts as an open stream alone; what refuses it where there are too many. */
  #openStream(end: () => void): GatewayError | undefined {
    const { upstream, streams, onStreaming } = this.#row;
    const { exchange } = this.#call;
    try {
      this.#forget = streams.open(upstream.origin, exchange, end);
    } catch (refusal) {
      if (refusal instanceof GatewayError) return refusal;
      throw refusal;
    }
    this.#leavePlace();
    onStreaming(exchange);
    return undefined;
  }

  onFailed(cause: Error, isUnsent: boolean): void {
    const ending = this.#ending;
    const error = toUpstreamError(cause);
    const code = error instanceof GatewayError ? error.code : 'internal';
    const isOver = ending !== undefined || this.#status !== 0;
    const isTriedAgain = !isOver && this.#mayRetry(code, isUnsent);
    // Of a request that was not sent, the next attempt tells.
    const isBlameless = isOver || isOthersFault(code) || (isTriedAgain && isUnsent);
    this.#row.upstream.note(isBlameless ? 'void' : 'bad');
    if (ending === 'gone') return this.#settle(this.#status || CLIENT_GONE, ending);
    if (ending === 'ended') return this.onEnd();
    this.#observe(ending ?? code);
    if (ending === 'replayed') {
      this.#ending = undefined;
      this.#isForced = true;
      this.#authorize();
    } else if (this.#status !== 0) this.#cut(error);
    else if (isTriedAgain) setImmediate(() => this.#send(this.#authorization));
    else this.fail(error);
  }

  /** Ends a call to which nothing has been answered. */
  fail(error: unknown): void {
    if (this.#isOver) return;
    this.#upload?.destroy();
    this.#leave();
    if (this.#isGone()) this.#tell(CLIENT_GONE);
    else this.#call.fail(error);
  }

  readonly #onClosed = (): void => {
    if (!this.#call.response.writableFinished) this.#stop('gone');
  };

  #isGone(): boolean {
    const { request, response } = this.#call;
    return this.#ending === 'gone' || response.destroyed || (request.destroyed && !request.complete);
  }

  #stop(ending: Ending): void {
    this.#ending = ending;
    this.#attempt?.abort(new Error(ending));
  }

  /** A session's token may have been revoked before it has expired; a body cannot be sent twice. */
  #mayForce(): boolean {
    const { caller } = this.#call.exchange;
    const { token } = this.#row.target;
    const isUsers = token === 'user' || token === 'user-or-client';
    const isRepeatable = isUsers && caller?.kind === 'session' && !this.#isForced && !this.#upload;
    return isRepeatable && this.#row.mayForce(caller);
  }

  /**
   * What took its time will not be quicker; everything else that left no answer may be tried again, once: what the row says
   * can be repeated, and whatever was not sent at all, such as a POST that waited on a connection as the upstream closed it.
   */
  #mayRetry(code: string, isUnsent: boolean): boolean {
    const isTransient = code === 'upstream_error' || code === 'upstream_unavailable';
    if (!isTransient || this.#isRetried || !(isUnsent || this.#isRepeatable)) return false;
    this.#isRetried = this.#row.upstream.mayRetry(isUnsent);
    return this.#isRetried;
  }

  /** The head is out, and the rest will not come: the connection's end says so. */
  #cut(error: Error): void {
    const { exchange, response } = this.#call;
    const known = error instanceof GatewayError ? error : undefined;
    exchange.code = known?.code ?? 'internal';
    exchange.reason = known?.options.reason;
    this.#leave();
    response.destroy();
    this.#tell(this.#status);
  }

  #settle(status: number, outcome: string): void {
    this.#observe(outcome);
    this.#leave();
    this.#tell(status);
  }

  #observe(outcome: string): void {
    const { upstream, onCalled } = this.#row;
    onCalled(upstream.origin, outcome, (performance.now() - this.#startedAtMs) / 1000);
  }

  #leave(): void {
    this.#isOver = true;
    this.#forget?.();
    this.#call.response.off('close', this.#onClosed);
    this.#leavePlace();
  }

  #leavePlace(): void {
    if (!this.#hasPlace) return;
    this.#hasPlace = false;
    this.#row.places.leave(this.#call.exchange.ip);
  }

  #tell(status: number): void {
    const { exchange, request } = this.#call;
    this.#row.onAnswered(exchange, request.method ?? '', status, performance.now() - exchange.startedAtMs);
  }
}
