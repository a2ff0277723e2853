import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RowTraits } from '../browser/csrf.ts';
import type { Exchange } from './exchange.ts';
import type { Route, RowFacts } from './route.ts';

/** One request that a proxied row is to answer, judged by the edge and by the row's guard. */
export interface ProxiedCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly exchange: Exchange;
  /** Headers that the answer carries whatever the upstream says, flat: name, value, …. */
  readonly headers: readonly string[];
  /** Hands a failure to the error handler; only while nothing has been answered. */
  readonly fail: (error: unknown) => void;
}

/** Charges a call before it is sent; the headers tell what is left. */
export type LimitCall = (exchange: Exchange) => Promise<Readonly<Record<string, string>>>;

/** A row that is answered by an upstream: the one kind that owns its response. */
export interface ProxyRoute extends RowFacts, RowTraits {
  readonly kind: 'proxy';
  /** Request headers that pages of allowed origins may send, beside those of every row. */
  readonly corsAllow?: readonly string[];
  /** Of the row itself; it stands in for the general limit of resource routes. */
  readonly limit?: LimitCall | undefined;
  /** Answers, and tells the log once, by itself. */
  readonly serve: (call: ProxiedCall) => void;
}

/** A row of the router: answered here, or by an upstream. */
export type AnyRoute = Route | ProxyRoute;

export const isProxied = (row: AnyRoute): row is ProxyRoute => row.kind === 'proxy';
