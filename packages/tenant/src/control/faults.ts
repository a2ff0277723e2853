import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Middleware } from '../transport/host-guard.ts';
import type { Fault } from './fault.ts';
import { isControlPath, pathOf } from './path-of.ts';

export interface Faults {
  readonly middleware: Middleware;
  replace(faults: readonly Fault[]): void;
  /** The remaining faults; `times` is the remaining count. */
  list(): readonly Fault[];
}

interface ActiveFault {
  readonly fault: Fault;
  readonly pattern: RegExp;
  left: number;
}

/** Patterns are matched against at most this many characters of a path, which limits the time of a slow pattern. */
const MAX_PATH_LENGTH = 1_024;

/** Creates the fault injector: the first matching fault with a remaining count applies to a request. */
export function createFaults(): Faults {
  let active: readonly ActiveFault[] = [];

  /** Finds and counts in one synchronous step, so that parallel requests never exceed the count. */
  function take(request: IncomingMessage): Fault | undefined {
    if (active.length === 0) return undefined;
    const path = pathOf(request);
    if (isControlPath(path)) return undefined;
    const seen = path.slice(0, MAX_PATH_LENGTH);
    const hit = active.find(
      ({ fault, pattern }) => (fault.method === '*' || fault.method === request.method) && pattern.test(seen),
    );
    if (!hit) return undefined;
    hit.left -= 1;
    if (hit.left === 0) active = active.filter((other) => other !== hit);
    return hit.fault;
  }

  return {
    middleware: (request, response, next) => {
      const fault = take(request);
      if (!fault) {
        next();
        return;
      }
      const apply = (): void => {
        if (fault.reset === true) reset(request);
        else if (fault.status !== undefined) answer(response, fault, fault.status);
        else next();
      };
      if (fault.delay_ms === undefined) {
        apply();
        return;
      }
      const timer = setTimeout(apply, fault.delay_ms);
      response.once('close', () => clearTimeout(timer));
    },
    replace: (faults) => {
      active = faults.map((fault) => ({ fault, pattern: new RegExp(fault.path), left: fault.times }));
    },
    list: () => active.map(({ fault, left }) => ({ ...fault, times: left })),
  };
}

function answer(response: ServerResponse, fault: Fault, status: number): void {
  const isText = typeof fault.body === 'string';
  if (fault.body !== undefined) {
    response.setHeader(
      'content-type',
      isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    );
  }
  for (const [name, value] of Object.entries(fault.headers ?? {})) response.setHeader(name, value);
  response.statusCode = status;
  response.end(fault.body === undefined || isText ? fault.body : JSON.stringify(fault.body));
}

/** A plain socket sends RST; a TLS socket has no handle for that and is destroyed. */
function reset({ socket }: IncomingMessage): void {
  if ('encrypted' in socket) socket.destroy();
  else socket.resetAndDestroy();
}
