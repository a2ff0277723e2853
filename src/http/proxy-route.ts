import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RowTraits } from '../browser/csrf.ts';
import type { Exchange } from './exchange.ts';
import type { Route, RowFacts } from './route.ts';

/** A request to a proxied row that passed the edge and the row's guard. */
export interface ProxiedCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly exchange: Exchange;
  /** Headers that every answer has, flat: name, value, …. */
  readonly headers: readonly string[];
  /** Passes a failure to the error handler; only before any answer was sent. */
  readonly fail: (error: unknown) => void;
}

/** Charges a call before it is sent; returns the RateLimit headers. */
export type LimitCall = (exchange: Exchange) => Promise<Readonly<Record<string, string>>>;

/** A row that an upstream answers: the only kind that writes its response itself. */
export interface ProxyRoute extends RowFacts, RowTraits {
  readonly kind: 'proxy';
  /** Additional request headers that pages of allowed origins may send. */
  readonly corsAllow?: readonly string[];
  /** The row's own limit; it replaces the general limit of resource routes. */
  readonly limit?: LimitCall | undefined;
  /** Answers the request and records it in the log once. */
  readonly serve: (call: ProxiedCall) => void;
}

/** A row of the router: local or proxied. */
export type AnyRoute = Route | ProxyRoute;

export const isProxied = (row: AnyRoute): row is ProxyRoute => row.kind === 'proxy';
