import { GatewayError } from '../errors.ts';
import type { Exchange } from '../http/exchange.ts';
import type { Caller } from '../http/route.ts';
import type { Clock } from '../lib/clock.ts';
import { type AddressShare, createPlaces, createSharedPlaces, type Places } from '../limits/places.ts';

const SWEEP_MS = 500;
const PER_UPSTREAM = 2_000;
const PER_CALLER = 20;
const PER_WIDE_NETWORK = 200;
const RETRY_AFTER_S = 5;

/** Calls `onEnded` once when a session has ended; the returned function stops watching. */
export type WatchSession = (caller: Caller, watcher: { readonly onEnded: () => void }) => () => void;

/** Whether the token of a caller is revoked. `isFresh`: the row requires fresh permissions. */
export type IsRevoked = (caller: Caller, isFresh: boolean) => boolean;

/** Limits and ends open WebSockets and event streams. */
export interface Streams {
  /**
   * Refuses a request for a stream beyond the capacity.
   * @throws GatewayError `overloaded`
   */
  requireCapacity(upstream: string, exchange: Exchange): void;
  /**
   * Counts an open stream of an upstream. Ends it when the caller's token expires or is revoked, the caller's session ends or has
   * permissions from before a change on a row that asks for fresh ones, its row is removed, or `endAll` is called.
   * @returns the function that removes the stream from the count
   * @throws GatewayError `overloaded` beyond the limit of the upstream, the caller or its address
   */
  open(upstream: string, exchange: Exchange, end: () => void, isRemoved?: () => boolean): () => void;
  /** Ends all streams, and later ones as soon as they open. */
  endAll(): void;
}

export interface StreamsOptions {
  readonly clock: Clock;
  readonly watchSession: WatchSession;
  readonly isRevoked: IsRevoked;
  /** Share of an upstream's streams per address. Exempt addresses have no limit on public rows. */
  readonly addressShare: AddressShare;
  readonly perUpstream?: number;
}

interface OpenStream {
  readonly endsAtMs: number;
  /** Undefined on a public row. A session is watched as well. */
  readonly caller: Caller | undefined;
  readonly isRemoved: () => boolean;
  readonly isFresh: boolean;
  readonly end: () => void;
}

/** When the token of a bearer caller expires; never for a session, whose token is renewed. */
function toEndMs(caller: Caller | undefined): number {
  const exp = caller?.kind === 'bearer' ? caller.claims['exp'] : undefined;
  return typeof exp === 'number' ? exp * 1000 : Number.POSITIVE_INFINITY;
}

/** The key of a stream's owner: the caller, or the address on a public row. An address never contains a space. */
const toHolder = ({ caller, ip }: Exchange): string => (caller ? `caller ${caller.subject}` : ip);

const overload = (reason: string, detail: string): GatewayError =>
  new GatewayError('overloaded', { retryAfterS: RETRY_AFTER_S, reason, detail });

export function createStreams(options: StreamsOptions): Streams {
  const { clock, watchSession, isRevoked, addressShare, perUpstream = PER_UPSTREAM } = options;
  const byCaller = createPlaces(Number.POSITIVE_INFINITY, {
    most: PER_CALLER,
    mostWide: PER_WIDE_NETWORK,
    isExempt: addressShare.isExempt,
  });
  const byUpstream = new Map<string, Places>();
  const open = new Set<OpenStream>();
  let timer: NodeJS.Timeout | undefined;
  let isEnding = false;

  function sweep(): void {
    const now = clock.now();
    for (const { endsAtMs, caller, isFresh, isRemoved, end } of open)
      if (endsAtMs <= now || isRemoved() || (caller && isRevoked(caller, isFresh))) end();
  }

  function placesOf(upstream: string): Places {
    let places = byUpstream.get(upstream);
    if (!places) byUpstream.set(upstream, (places = createSharedPlaces(perUpstream, addressShare)));
    return places;
  }

  function leave(upstream: string, exchange: Exchange): void {
    placesOf(upstream).leave(exchange.ip);
    byCaller.leave(toHolder(exchange));
  }

  function enter(upstream: string, exchange: Exchange): void {
    const ofUpstream = placesOf(upstream).enter(exchange.ip);
    const ofCaller = byCaller.enter(toHolder(exchange));
    if (!ofUpstream && !ofCaller) return;
    leave(upstream, exchange);
    if (ofCaller)
      throw overload('streams of caller', `You have ${PER_CALLER} open streams, the maximum per caller.`);
    if (ofUpstream === 'share')
      throw overload('streams of address', 'This address has the maximum number of open streams.');
    throw overload(
      'streams of upstream',
      'The service behind this route has the maximum number of open streams.',
    );
  }

  return {
    requireCapacity(upstream, exchange) {
      enter(upstream, exchange);
      leave(upstream, exchange);
    },
    open(upstream, exchange, end, isRemoved = () => false) {
      const { caller, row } = exchange;
      enter(upstream, exchange);
      const isFresh = row?.needsFreshPermissions === true;
      const stream = { endsAtMs: toEndMs(caller), caller, isFresh, isRemoved, end };
      open.add(stream);
      if (isEnding) setImmediate(end);
      timer ??= setInterval(sweep, SWEEP_MS).unref();
      const stopWatching = caller?.kind === 'session' ? watchSession(caller, { onEnded: end }) : undefined;
      return () => {
        stopWatching?.();
        leave(upstream, exchange);
        open.delete(stream);
        if (open.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
    endAll() {
      isEnding = true;
      for (const { end } of open) end();
    },
  };
}
