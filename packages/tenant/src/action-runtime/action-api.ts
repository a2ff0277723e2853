import type { ActionCache } from './action-cache.ts';
import type { ActionJob, ApiCall, TriggerId } from './messages.ts';
import { encodeToken, validateToken } from './redirect-token.ts';

/** The methods that the tenant carries out after the handler has ended. */
const RECORDED: Readonly<Record<TriggerId, readonly string[]>> = {
  'post-login': [
    'access.deny',
    'accessToken.setCustomClaim',
    'accessToken.addScope',
    'accessToken.removeScope',
    'idToken.setCustomClaim',
    'authentication.challengeWith',
    'authentication.challengeWithAny',
    'authentication.enrollWith',
    'authentication.enrollWithAny',
    'multifactor.enable',
    'refreshToken.revoke',
    'session.revoke',
    'transaction.setMetadata',
    'user.setAppMetadata',
    'user.setUserMetadata',
    'validation.error',
  ],
  'credentials-exchange': ['access.deny', 'accessToken.setCustomClaim'],
  'pre-user-registration': ['access.deny', 'user.setAppMetadata', 'user.setUserMetadata', 'validation.error'],
  'post-user-registration': [],
  'post-change-password': [],
  'custom-token-exchange': [
    'access.deny',
    'access.rejectInvalidSubjectToken',
    'authentication.setUserById',
    'authentication.setUserByConnection',
    'user.setAppMetadata',
    'user.setUserMetadata',
  ],
};

/** Methods of Auth0 that the tenant does not carry out: a call throws. */
const UNSUPPORTED: Readonly<Partial<Record<TriggerId, readonly string[]>>> = {
  'post-login': [
    'authentication.recordMethod',
    'authentication.setPrimaryUser',
    'prompt.render',
    ...['setExpiresAt', 'setIdleExpiresAt', 'setMetadata', 'deleteMetadata', 'evictMetadata'].flatMap(
      (name) => [`refreshToken.${name}`, `session.${name}`],
    ),
    'session.setCookieMode',
  ],
  'custom-token-exchange': ['authentication.setOrganization', 'authentication.setActor'],
};

type Method = (...args: readonly unknown[]) => unknown;
type Api = Record<string, Record<string, unknown>>;

/** Creates the `api` object of a handler. It records the calls, in order. */
export function createActionApi(
  job: ActionJob,
  cache: ActionCache,
  nowMs: () => number,
): { readonly api: Api; readonly calls: readonly ApiCall[] } {
  const calls: ApiCall[] = [];
  const api: Api = { cache: { ...cache } };
  const define = (path: string, method: Method): void => {
    const [group = '', name = ''] = path.split('.');
    (api[group] ??= {})[name] = method;
  };
  const record =
    (method: string): Method =>
    (...args) => {
      calls.push({ method, args });
      return api;
    };
  for (const path of RECORDED[job.trigger]) define(path, record(path));
  for (const path of UNSUPPORTED[job.trigger] ?? [])
    define(path, () => {
      throw new Error(`api.${path} is not supported by this tenant.`);
    });
  if (job.trigger === 'post-login') {
    defineRedirect(job, nowMs, define, record('redirect.sendUserTo'));
    define('rules.wasExecuted', () => false);
  }
  return { api, calls };
}

function defineRedirect(
  { redirect, event }: ActionJob,
  nowMs: () => number,
  define: (path: string, method: Method) => void,
  recordRedirect: Method,
): void {
  const about = () => {
    if (!redirect) throw new Error('This sign-in cannot redirect: check api.redirect.canRedirect() first.');
    return { ...redirect, nowS: Math.floor(nowMs() / 1000) };
  };
  const parameters = (): Record<string, unknown> => {
    const { query, body } = (event['request'] ?? {}) as { query?: object; body?: object };
    return { ...query, ...body };
  };
  define('redirect.canRedirect', () => redirect !== undefined);
  define('redirect.encodeToken', (options) =>
    encodeToken(about(), options as Parameters<typeof encodeToken>[1]),
  );
  define('redirect.validateToken', (options) =>
    validateToken(about(), options as Parameters<typeof validateToken>[1], parameters()),
  );
  define('redirect.sendUserTo', recordRedirect);
}
