import type { Duplex } from 'node:stream';
import { GatewayError } from '../errors.ts';
import type { ProxiedCall } from '../http/proxy-route.ts';
import type { CallSpan } from '../observe/tracing.ts';
import { acceptWebSocket } from './accept-web-socket.ts';
import type { AccessTokenFor } from './access-token-for.ts';
import { Admission } from './admission.ts';
import type { ForwardRow } from './forward-row.ts';
import { toText, type UpstreamHeaders } from './header-names.ts';
import { joinSockets } from './join-sockets.ts';
import { hasBody, Upload } from './upload.ts';
import { isNotUpstreamFault, toUpstreamError } from './upstream-error.ts';
import { UpstreamRequest, type UpstreamRequestEvents } from './upstream-request.ts';
import { UpstreamResponse } from './upstream-response.ts';

const ANSWER_TOTAL_MS = 300_000;
/** The caller disconnected: never sent, only for log and metrics. */
const CLIENT_GONE = 499;
const DOWN_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

/** State of a call: nothing sent yet, attempt without a response head, head passed on, ended. */
type State = 'receiving' | 'asking' | 'answering' | 'over';

/**
 * Why an attempt ended before its answer was complete: the caller disconnected, the upstream refused the token, the gateway
 * ended a stream, or the upstream failed.
 */
type Stop = 'gone' | 'replayed' | 'ended' | 'failed';

/** What a call does after its attempt stopped. */
type Step = 'settle' | 'end' | 'renew' | 'repeat' | 'cut';
const STEPS: Readonly<Record<Stop, Readonly<Record<'asking' | 'answering', Step>>>> = {
  gone: { asking: 'settle', answering: 'settle' },
  ended: { asking: 'end', answering: 'end' },
  replayed: { asking: 'renew', answering: 'renew' },
  failed: { asking: 'repeat', answering: 'cut' },
};

/** One proxied call: sent at most twice, answered once. */
export class Forward implements UpstreamRequestEvents {
  readonly #row: ForwardRow;
  readonly #call: ProxiedCall;
  readonly #path: string;
  readonly #upload: Upload | undefined;
  readonly #answer: UpstreamResponse;
  #accessToken: string | undefined;
  #attempt: UpstreamRequest | undefined;
  #startedAtMs = 0;
  #span: CallSpan | undefined;
  /** Status of the head that was passed on. */
  #status = CLIENT_GONE;
  readonly #isRepeatable: boolean;
  readonly #admission: Admission;
  #state: State = 'receiving';
  #stopped: Stop = 'failed';
  #isRetried = false;
  #isForced = false;

  constructor(row: ForwardRow, call: ProxiedCall, path: string) {
    const { request, response } = call;
    const { maxBodyBytes, retries } = row.target;
    this.#row = row;
    this.#call = call;
    this.#path = path;
    this.#admission = new Admission(row, call.exchange);
    if (hasBody(request))
      this.#upload = new Upload(request, response, () => this.#begin(), { maxBytes: maxBodyBytes });
    const isSafe = request.method === 'GET' || request.method === 'HEAD';
    this.#isRepeatable = retries > 0 && isSafe && !this.#upload && !call.exchange.isUpgrade;
    this.#answer = new UpstreamResponse(response, () => this.#attempt?.resume());
    response.on('close', this.#onClosed);
  }

  start(): void {
    const upload = this.#upload;
    if (!upload) this.#begin();
    else if (this.#isGone()) this.fail(new Error('gone'));
    else {
      upload.once('error', (error) => {
        if (this.#state === 'receiving') this.fail(error);
      });
      upload.receive();
    }
  }

  #begin(): void {
    try {
      this.#admission.enter();
    } catch (error) {
      this.fail(error);
      return;
    }
    this.#readToken();
  }

  #readToken(): void {
    const { request, exchange } = this.#call;
    let accessToken: ReturnType<AccessTokenFor>;
    try {
      accessToken = this.#row.accessTokenFor(request, exchange.caller, this.#isForced);
    } catch (error) {
      this.fail(error);
      return;
    }
    if (!(accessToken instanceof Promise)) this.#send(accessToken);
    else
      accessToken.then(
        (token) => this.#send(token),
        (error: unknown) => this.fail(error),
      );
  }

  #send(accessToken: string | undefined): void {
    if (this.#state === 'over') return;
    const { request, exchange } = this.#call;
    if (this.#isGone()) {
      this.fail(new Error('gone'));
      return;
    }
    const { target, upstream, toRequestHeaders, tracing } = this.#row;
    const method = request.method ?? '';
    this.#accessToken = accessToken;
    this.#startedAtMs = performance.now();
    this.#span = tracing?.startHttpCall({ method, origin: upstream.origin }, exchange.span);
    const options = {
      path: this.#path,
      method,
      headers: toRequestHeaders(request, exchange, accessToken, this.#span?.traceParent),
      upload: this.#upload,
      isUpgrade: exchange.isUpgrade,
      timeoutMs: target.timeoutMs,
      idleMs: target.idleTimeoutMs,
      totalMs: target.isStream ? Number.POSITIVE_INFINITY : ANSWER_TOTAL_MS,
    };
    this.#state = 'asking';
    this.#attempt = new UpstreamRequest(options, this);
    this.#attempt.dispatch(upstream.poolFor(target.keepAliveMs));
  }

  onHead(status: number, headers: UpstreamHeaders): void {
    const { exchange, headers: ours } = this.#call;
    const { upstream, toAnswerHeaders, isDraining } = this.#row;
    // The header is hop-by-hop: without it, the coded bytes would be taken for the body itself (RFC 9112 §6.1).
    if ((toText(headers['transfer-encoding']) ?? 'chunked').toLowerCase() !== 'chunked') {
      this.#attempt?.abort(new GatewayError('upstream_error', { reason: 'transfer-encoding' }));
      return;
    }
    upstream.record(DOWN_STATUSES.has(status) ? 'bad' : 'good');
    if (status === 401 && this.#mayForce()) {
      this.#stop('replayed');
      return;
    }
    if (toText(headers['content-type'])?.startsWith('text/event-stream')) {
      const refusal = this.#admission.openStream(() => this.#stop('ended'));
      if (refusal) {
        this.#attempt?.abort(refusal);
        return;
      }
    }
    const isLast = isDraining() || exchange.isUpgrade;
    const out = toAnswerHeaders(status, headers, exchange, ours);
    this.#answer.begin(status, out, toText(headers['content-length']), isLast);
    this.#status = status;
    this.#state = 'answering';
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
    upstream.record('good');
    let end = (): void => {};
    const refusal = this.#admission.openStream(() => end());
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
    this.#report(101);
  }

  onFailed(cause: Error, isUnsent: boolean): void {
    const error = toUpstreamError(cause);
    const code = error instanceof GatewayError ? error.code : 'internal';
    const stopped = this.#stopped;
    const step = STEPS[stopped][this.#state === 'answering' ? 'answering' : 'asking'];
    const isRepeated = step === 'repeat' && this.#mayRetry(code, isUnsent);
    // For a request that was not sent, the next attempt counts.
    const isIgnored = step !== 'repeat' || isNotUpstreamFault(code) || (isRepeated && isUnsent);
    this.#row.upstream.record(isIgnored ? 'void' : 'bad');
    if (step === 'settle') return this.#settle(this.#status, stopped);
    if (step === 'end') return this.onEnd();
    this.#observe(stopped === 'failed' ? code : stopped);
    if (step === 'cut') return this.#cut(error);
    if (step === 'renew') {
      this.#stopped = 'failed';
      this.#isForced = true;
      return this.#readToken();
    }
    if (!isRepeated) return this.fail(error);
    setImmediate(() => this.#send(this.#accessToken));
    return undefined;
  }

  /** Fails a call before any answer was sent. */
  fail(error: unknown): void {
    if (this.#state === 'over') return;
    this.#upload?.destroy();
    this.#leave();
    if (this.#isGone()) this.#report(CLIENT_GONE);
    else this.#call.fail(error);
  }

  readonly #onClosed = (): void => {
    if (!this.#call.response.writableFinished) this.#stop('gone');
  };

  #isGone(): boolean {
    const { request, response } = this.#call;
    return this.#stopped === 'gone' || response.destroyed || (request.destroyed && !request.complete);
  }

  #stop(why: Stop): void {
    this.#stopped = why;
    this.#attempt?.abort(new Error(why));
  }

  /** A session's token may be revoked before it expires. A call with a body cannot be repeated. */
  #mayForce(): boolean {
    const { caller } = this.#call.exchange;
    const { token } = this.#row.target;
    const isUsers = token === 'user' || token === 'user-or-client';
    const isRepeatable = isUsers && caller?.kind === 'session' && !this.#isForced && !this.#upload;
    return isRepeatable && this.#row.mayForce(caller);
  }

  /**
   * Timeouts are not retried. Any other failure without an answer is retried once if the row allows retries, or if nothing
   * was sent (such as a POST on a connection that the upstream closed).
   */
  #mayRetry(code: string, isUnsent: boolean): boolean {
    const isTransient = code === 'upstream_error' || code === 'upstream_unavailable';
    if (!isTransient || this.#isRetried || !(isUnsent || this.#isRepeatable)) return false;
    this.#isRetried = this.#row.upstream.mayRetry(isUnsent);
    return this.#isRetried;
  }

  /** Closes the connection after an incomplete answer. */
  #cut(error: Error): void {
    const { exchange, response } = this.#call;
    const known = error instanceof GatewayError ? error : undefined;
    exchange.code = known?.code ?? 'internal';
    exchange.reason = known?.options.reason;
    this.#leave();
    response.destroy();
    this.#report(this.#status);
  }

  #settle(status: number, outcome: string): void {
    this.#observe(outcome);
    this.#leave();
    this.#report(status);
  }

  #observe(outcome: string): void {
    const { upstream, onCalled } = this.#row;
    this.#span?.end(outcome);
    onCalled(upstream.origin, outcome, (performance.now() - this.#startedAtMs) / 1000);
  }

  #leave(): void {
    this.#state = 'over';
    this.#call.response.off('close', this.#onClosed);
    this.#admission.leave();
  }

  #report(status: number): void {
    const { exchange, request } = this.#call;
    this.#row.onAnswered(exchange, request.method ?? '', status, performance.now() - exchange.startedAtMs);
  }
}
