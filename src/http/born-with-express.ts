import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Express } from 'express';

// Express sets the prototype of each request and response to the app's own. Objects created with that prototype
// make those two calls no-ops, a sixth of the throughput of a light route. V8 reserves space for an object's
// members by its constructor chain: without the inheritance each member would be added the
// slow way, which costs more than the gateway's own work.

/** The `IncomingMessage` and `ServerResponse` options of `http.createServer` for an Express app. */
export function bornWithExpress(app: Express): {
  IncomingMessage: typeof IncomingMessage;
  ServerResponse: typeof ServerResponse;
} {
  function BornRequest(this: IncomingMessage, socket: Socket): void {
    // Node's constructors are plain functions, unlike their types.
    (IncomingMessage as unknown as (this: IncomingMessage, socket: Socket) => void).call(this, socket);
  }
  BornRequest.prototype = app.request;
  Object.setPrototypeOf(BornRequest, IncomingMessage);
  function BornResponse(this: ServerResponse, request: IncomingMessage, options: unknown): void {
    (
      ServerResponse as unknown as (this: ServerResponse, request: IncomingMessage, options: unknown) => void
    ).call(this, request, options);
  }
  BornResponse.prototype = app.response;
  Object.setPrototypeOf(BornResponse, ServerResponse);
  return {
    IncomingMessage: BornRequest as unknown as typeof IncomingMessage,
    ServerResponse: BornResponse as unknown as typeof ServerResponse,
  };
}
