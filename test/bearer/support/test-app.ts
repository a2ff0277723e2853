import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBearerGuard, type Outcome } from '../../../src/bearer/bearer-guard.ts';
import { createKeySet, type KeySet, type KeySetEvent } from '../../../src/bearer/key-set.ts';
import type { Refusal } from '../../../src/bearer/refusal.ts';
import type { SigningAlg } from '../../../src/bearer/token-policy.ts';
import { createVerifier, type Verifier } from '../../../src/bearer/verifier.ts';
import { GatewayError } from '../../../src/errors.ts';
import type { Guard, GuardRule } from '../../../src/http/route.ts';
import { createTravelClock, type TravelClock } from '../../../src/lib/clock.ts';
import { audience, clientId, issuer } from './signer.ts';

export const publicUrl = 'https://gateway.test';

/** A row of the test app: its rule and audience. */
export interface TestRow {
  readonly rule: GuardRule;
  readonly audience?: string;
}

export interface TestApp {
  readonly url: string;
  readonly clock: TravelClock;
  readonly keys: KeySet;
  readonly verifier: Verifier;
  readonly events: KeySetEvent[];
  readonly verdicts: { outcome: Outcome; reason: Refusal | undefined }[];
  /** How often a handler ran. */
  handled: number;
  close(): Promise<void>;
}

export interface TestAppOptions {
  readonly baseUrl: string;
  readonly rows: Readonly<Record<string, TestRow>>;
  readonly algs?: readonly SigningAlg[];
  readonly types?: readonly string[];
  readonly maxRemembered?: number;
  readonly start?: boolean;
}

/** The guard behind a plain HTTP server: 200 with the caller, or the refusal as status, code and challenge. */
export async function startTestApp(options: TestAppOptions): Promise<TestApp> {
  const clock = createTravelClock();
  const events: KeySetEvent[] = [];
  const verdicts: TestApp['verdicts'] = [];
  const algs = options.algs ?? ['RS256'];
  const onEvent = (event: KeySetEvent): void => void events.push(event);
  const keys = createKeySet({ issuer, baseUrl: options.baseUrl, algs, clock, onEvent });
  const verifier = createVerifier({
    keys,
    clock,
    issuer,
    clientId,
    algs,
    types: options.types ?? ['JWT', 'at+jwt'],
    ...(options.maxRemembered !== undefined && { maxRemembered: options.maxRemembered }),
  });
  const makeGuard = createBearerGuard({
    isDenied: () => false,
    verifier,
    clock,
    publicUrl,
    clientId,
    onChecked: (outcome, reason) => void verdicts.push({ outcome, reason }),
  });
  const guards = new Map<string, Guard>(
    Object.entries(options.rows).map(([path, row]) => [
      path,
      makeGuard(row.rule, row.audience ?? audience, path),
    ]),
  );
  const server = createServer((request, response) => {
    void answer(guards, request)
      .then((caller) => {
        app.handled += 1;
        return response.end(JSON.stringify(caller));
      })
      .catch((error: unknown) => {
        const known = error instanceof GatewayError ? error : undefined;
        const retryAfterS = known?.options.retryAfterS;
        response.writeHead(known?.status ?? 500, {
          ...known?.options.headers,
          ...(retryAfterS !== undefined && { 'Retry-After': retryAfterS }),
        });
        response.end(
          JSON.stringify({ code: known?.code ?? 'internal', detail: known?.detail ?? String(error) }),
        );
      });
  });
  await listen(server);
  const app: TestApp = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clock,
    keys,
    verifier,
    events,
    verdicts,
    handled: 0,
    async close() {
      keys.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
  if (options.start !== false) await keys.start();
  return app;
}

async function answer(guards: ReadonlyMap<string, Guard>, request: IncomingMessage): Promise<unknown> {
  const guard = guards.get(request.url?.split('?')[0] ?? '');
  if (!guard) throw new GatewayError('not_found');
  const caller = await guard(request);
  return { ...caller, scopes: [...caller.scopes] };
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}
