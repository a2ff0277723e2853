import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

export interface ManagementClient {
  /** Where `/oauth/token` and `/api/v2` are reached. */
  readonly baseUrl: string;
  /** `https://<domain>/api/v2/` */
  readonly audience: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A call below `/api/v2`; a form goes as multipart. */
export interface ManagementCall {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  /** Created for each attempt. */
  readonly form?: () => FormData;
}

/** An error response of the Management API; the message is the API's own. */
export class ManagementRefusal extends Error {
  override readonly name = 'ManagementRefusal';
  readonly status: number;

  constructor(status: number, message: string) {
    super(`the Management API answered ${status}: ${message}`);
    this.status = status;
  }
}

/** Undefined where the answer has no body. Throws `ManagementRefusal`, and what `fetch` throws. */
export type CallManagement = (call: ManagementCall) => Promise<unknown>;

const BUDGET_MS = 60_000;
const LONGEST_WAIT_S = 60;
const MOST_TRIES = 30;
/** A token is replaced this long before it expires. */
const MARGIN_MS = 60_000;

const tokenReply = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });
const refusalReply = z.object({
  message: z.string().optional(),
  error_description: z.string().optional(),
  error: z.string().optional(),
});

/** Creates a client of the Management API with its own access token. Waits when the tenant answers 429. */
export function createManagementApi(client: ManagementClient): CallManagement {
  const { baseUrl, audience, clientId, clientSecret } = client;
  let token = { value: '', untilMs: 0 };

  async function tokenNow(): Promise<string> {
    if (token.untilMs > performance.now()) return token.value;
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      audience,
    });
    const answer = await fetch(`${baseUrl}/oauth/token`, {
      method: 'POST',
      body,
      signal: AbortSignal.timeout(BUDGET_MS),
    });
    if (!answer.ok) throw await toRefusal(answer);
    const { access_token: value, expires_in } = tokenReply.parse(await answer.json());
    token = { value, untilMs: performance.now() + expires_in * 1000 - MARGIN_MS };
    return value;
  }

  return async ({ method = 'GET', path, form }) => {
    for (let tries = 1; ; tries += 1) {
      const answer = await fetch(`${baseUrl}/api/v2${path}`, {
        method,
        headers: { authorization: `Bearer ${await tokenNow()}` },
        signal: AbortSignal.timeout(BUDGET_MS),
        ...(form && { body: form() }),
      });
      if (answer.ok) {
        const text = await answer.text();
        return text === '' ? undefined : JSON.parse(text);
      }
      if (answer.status !== 429 || tries >= MOST_TRIES) throw await toRefusal(answer);
      await answer.body?.cancel();
      await sleep(waitS(answer.headers) * 1000);
    }
  };
}

/** The wait that the tenant asks for, within limits. */
function waitS(headers: Headers): number {
  const resetS = Number(headers.get('x-ratelimit-reset')) - Date.now() / 1000;
  const asked = Number(headers.get('retry-after')) || resetS;
  return Math.min(LONGEST_WAIT_S, Math.max(1, asked || 1));
}

async function toRefusal(answer: Response): Promise<ManagementRefusal> {
  const reason = refusalReply.safeParse(await answer.json().catch(() => undefined)).data;
  return new ManagementRefusal(
    answer.status,
    reason?.message ?? reason?.error_description ?? reason?.error ?? 'no reason given',
  );
}
