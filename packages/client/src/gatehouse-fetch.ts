import { type GatehouseProblem, readProblem } from './gatehouse-error.ts';
import type { SessionWatch } from './session-watch.ts';
import type { Transport } from './transport.ts';

/**
 * How a person signs in again where a route asks for a more recent or a stronger sign-in: in a window, after which the
 * request is sent once more; by leaving the page; or not, so that the 401 is the answer.
 */
export type StepUp = 'popup' | 'redirect' | 'none';

export interface GatehouseRequestInit extends RequestInit {
  /** For this request; that of the client where left out. */
  stepUp?: StepUp | undefined;
}

/** What a new sign-in has to ask for. */
export interface StepUpWish {
  readonly max_age?: number | undefined;
  readonly acr_values?: string | undefined;
}

interface GatehouseFetchDeps {
  readonly transport: Transport;
  readonly watch: SessionWatch;
  readonly stepUp: StepUp;
  /** Resolves when the person has signed in again. */
  readonly signInAgain: (wish: StepUpWish) => Promise<unknown>;
  readonly leaveForSignIn: (wish: StepUpWish) => void;
}

export type GatehouseFetch = (input: RequestInfo | URL, init?: GatehouseRequestInit) => Promise<Response>;

/** The code of a 401 of the gateway, with what it asks for; the answer stays readable. */
const readRefusal = async (response: Response): Promise<GatehouseProblem | undefined> =>
  response.status === 401 ? readProblem(response.clone()) : undefined;

const ENDINGS = new Set(['unauthenticated', 'session_expired']);

export function createGatehouseFetch(deps: GatehouseFetchDeps): GatehouseFetch {
  const { transport, watch, signInAgain, leaveForSignIn } = deps;
  /** One window at a time, however many requests want one: browsers open no second one for the same click. */
  let underWay: Promise<unknown> | undefined;
  let stepUps = 0;

  async function stepUpOnce({ max_age, acr_values }: StepUpWish): Promise<void> {
    underWay ??= signInAgain({ max_age, acr_values })
      .then(() => stepUps++)
      .finally(() => {
        underWay = undefined;
      });
    await underWay;
  }

  return async (input, { stepUp = deps.stepUp, ...init } = {}) => {
    const url = transport.resolve(input);
    if (!transport.isGateway(url)) return transport.fetch(input, init);
    const request = input instanceof Request ? input : url;
    const before = stepUps;
    // The body of a Request can be read once: the original is kept for the second try.
    const first = await transport.send(request instanceof Request ? request.clone() : request, init);
    const refusal = await readRefusal(first);
    if (!refusal) return first;
    if (ENDINGS.has(refusal.code)) watch.look();
    const isRepeatable = !(init.body instanceof ReadableStream);
    if (refusal.code !== 'insufficient_user_authentication' || stepUp === 'none' || !isRepeatable)
      return first;
    if (stepUp === 'redirect') {
      leaveForSignIn(refusal);
      // The page is on its way out.
      return new Promise(() => undefined);
    }
    try {
      // Another request may have led to a new sign-in since this one was sent.
      if (stepUps === before) await stepUpOnce(refusal);
    } catch {
      return first;
    }
    return transport.send(request, init);
  };
}
