import { GatewayError } from '../errors.ts';
import type { Exchange } from '../http/exchange.ts';
import type { ForwardRow } from './forward-row.ts';

/** What one call occupies at its upstream: a place from the first bytes of its body on, or an open stream instead. */
export class Admission {
  readonly #row: ForwardRow;
  readonly #exchange: Exchange;
  #hasPlace = false;
  #closeStream: (() => void) | undefined;

  constructor(row: ForwardRow, exchange: Exchange) {
    this.#row = row;
    this.#exchange = exchange;
  }

  /** @throws GatewayError where there is no place, or the breaker is open */
  enter(): void {
    const { upstream, places } = this.#row;
    upstream.enter(places, this.#exchange.ip);
    this.#hasPlace = true;
  }

  /** From now on the call counts as an open stream alone. Returns what refuses it where there are too many. */
  openStream(end: () => void): GatewayError | undefined {
    const { upstream, streams, onStreaming } = this.#row;
    try {
      this.#closeStream = streams.open(upstream.origin, this.#exchange, end);
    } catch (refusal) {
      if (refusal instanceof GatewayError) return refusal;
      throw refusal;
    }
    this.#leavePlace();
    onStreaming(this.#exchange);
    return undefined;
  }

  /** The call is over. */
  leave(): void {
    this.#closeStream?.();
    this.#leavePlace();
  }

  #leavePlace(): void {
    if (!this.#hasPlace) return;
    this.#hasPlace = false;
    this.#row.places.leave(this.#exchange.ip);
  }
}
