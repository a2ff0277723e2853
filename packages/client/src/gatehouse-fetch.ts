import { type GatehouseProblem, readProblem } from './gatehouse-error.ts';
import type { SessionWatch } from './session-watch.ts';
import type { Transport } from './transport.ts';

/**
 * How the user signs in again if a route requires a more recent or a stronger sign-in: in a window, after which the request
 * is repeated; by a redirect that leaves the page; or not at all, so that the caller gets the 401.
 */
export type StepUp = 'popup' | 'redirect' | 'none';

export interface GatehouseRequestInit extends RequestInit {
  /** For this request. Default: that of the client. */
  stepUp?: StepUp | undefined;
}

/** The requirements for a new sign-in. */
export interface StepUpRequirements {
  readonly max_age?: number | undefined;
  readonly acr_values?: string | undefined;
}

interface GatehouseFetchDeps {
  readonly transport: Transport;
  readonly watch: SessionWatch;
  readonly stepUp: StepUp;
  /** Resolves when the user has signed in again. */
  readonly signInAgain: (requirements: StepUpRequirements) => Promise<unknown>;
  readonly leaveForSignIn: (requirements: StepUpRequirements) => void;
}

export type GatehouseFetch = (input: RequestInfo | URL, init?: GatehouseRequestInit) => Promise<Response>;

/** The problem of a 401 of the gateway, with its requirements; the response body stays readable. */
const readRefusal = async (response: Response): Promise<GatehouseProblem | undefined> =>
  response.status === 401 ? readProblem(response.clone()) : undefined;

const ENDINGS = new Set(['unauthenticated', 'session_expired']);

export function createGatehouseFetch(deps: GatehouseFetchDeps): GatehouseFetch {
  const { transport, watch, signInAgain, leaveForSignIn } = deps;
  /** Only one window for parallel requests: browsers open only one per click. */
  let underWay: Promise<unknown> | undefined;
  let stepUps = 0;

  async function stepUpOnce({ max_age, acr_values }: StepUpRequirements): Promise<void> {
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
    // The body of a Request can be read only once: the original is kept for the repetition.
    const first = await transport.send(request instanceof Request ? request.clone() : request, init);
    const refusal = await readRefusal(first);
    if (!refusal) return first;
    if (ENDINGS.has(refusal.code)) watch.look();
    const isRepeatable = !(init.body instanceof ReadableStream);
    if (refusal.code !== 'insufficient_user_authentication' || stepUp === 'none' || !isRepeatable)
      return first;
    if (stepUp === 'redirect') {
      leaveForSignIn(refusal);
      // The page is being left: the promise stays pending.
      return new Promise(() => undefined);
    }
    try {
      // The user may have signed in again for another request since this one was sent.
      if (stepUps === before) await stepUpOnce(refusal);
    } catch {
      return first;
    }
    return transport.send(request, init);
  };
}
