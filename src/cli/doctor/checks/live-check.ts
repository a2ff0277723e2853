import { randomBytes, randomUUID } from 'node:crypto';
import type { Check, LiveRun, Problem } from '../check.ts';

/** A step with an unexpected response. */
class StepFailure extends Error {
  override readonly name = 'StepFailure';
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

interface Sent {
  readonly method?: 'GET' | 'POST';
  readonly body?: object;
  readonly token?: string;
}

const MAX_STEP_MS = 30_000;

async function toAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const parsed: unknown = text === '' ? {} : JSON.parse(text);
  return { status: response.status, body: { ...(typeof parsed === 'object' ? parsed : {}) } };
}

const textOf = ({ body }: Answer, member: string): string => {
  const value = body[member];
  return typeof value === 'string' ? value : '';
};

/**
 * S1: a throwaway user signs up, signs in, calls a route and renews the tokens; a used refresh token is refused; the last
 * one is revoked. The user is always deleted.
 */
export const liveCheck: Check = {
  id: 'S1',
  isLive: true,
  wanted: 'a user can sign up, sign in, call a route, renew the tokens and end them',
  symptom: 'the step that is named does not work for users either',
  remedy: 'look for the request in the log of the tenant; its address begins with doctor-',
  dashboard: 'Monitoring > Logs.',
  reads: ['scopes'],
  needs: ['A1', 'A4', 'C1', 'C2', 'C3', 'C8', 'N1', 'N2', 'P2', 'L4'],
  async check({ config, live: run }) {
    if (!config.passwordSignin || !run) return [];
    const gateway = await run.startGateway();
    try {
      return await walk(gateway.url, run);
    } finally {
      await gateway.close();
    }
  },
};

async function walk(url: string, run: LiveRun): Promise<readonly Problem[]> {
  const email = `doctor-${randomUUID()}@example.com`;
  // Contains every character class, for any password policy.
  const password = `Aa1!${randomBytes(18).toString('base64url')}`;
  let userId: string | undefined;
  const problems: Problem[] = [];
  try {
    userId = await signUp(url, run, { email, password });
    await useTokens(url, run, { email, password });
  } catch (error) {
    if (!(error instanceof StepFailure)) throw error;
    problems.push({ seen: error.message });
  } finally {
    userId ??= await run.findUser(email);
    if (userId !== undefined) await run.deleteUser(userId);
  }
  return problems;
}

interface Account {
  readonly email: string;
  readonly password: string;
}

async function ask(url: string, { signal }: LiveRun, path: string, sent: Sent): Promise<Answer> {
  if (signal.aborted) throw new StepFailure('interrupted');
  const { method = 'POST', body, token } = sent;
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(MAX_STEP_MS)]),
    });
    return await toAnswer(response);
  } catch (cause) {
    const reason = signal.aborted ? 'interrupted' : (cause as Error).message;
    throw new StepFailure(`${path}: ${reason}`, { cause });
  }
}

function requireStatus(step: string, answer: Answer, ...statuses: readonly number[]): Answer {
  if (statuses.includes(answer.status)) return answer;
  const why = [textOf(answer, 'code'), textOf(answer, 'reason')].filter(Boolean).join(', ');
  throw new StepFailure(`${step}: ${answer.status} ${why}`.trimEnd());
}

async function signUp(url: string, run: LiveRun, account: Account): Promise<string | undefined> {
  const answer = requireStatus(
    'sign-up',
    await ask(url, run, '/v1/auth/signup', { body: account }),
    201,
    202,
    200,
  );
  return textOf(answer, 'id') || undefined;
}

async function useTokens(url: string, run: LiveRun, account: Account): Promise<void> {
  const send = (path: string, body: object) => ask(url, run, path, { body });
  const signedIn = requireStatus(
    'sign-in',
    await send('/v1/auth/signin', { ...account, mode: 'token' }),
    200,
  );
  const token = textOf(signedIn, 'access_token');
  requireStatus('call', await ask(url, run, run.guardedPath, { method: 'GET', token }), 200);
  const first = textOf(signedIn, 'refresh_token');
  if (first === '') throw new StepFailure('sign-in: no refresh token');
  const renew = (refresh_token: string) => send('/v1/auth/refresh', { refresh_token });
  const second = textOf(requireStatus('refresh', await renew(first), 200), 'refresh_token');
  // Within the leeway the tenant accepts the previous token, but no older one.
  const third = textOf(requireStatus('second refresh', await renew(second), 200), 'refresh_token');
  const old = await renew(first);
  if (old.status === 200) throw new StepFailure('a used refresh token is accepted again');
  requireStatus('used refresh token', old, 401);
  requireStatus('sign-out', await send('/v1/auth/signout', { refresh_token: third }), 204);
}
