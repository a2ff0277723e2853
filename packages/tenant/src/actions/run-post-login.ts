import type { ApiCall } from '../action-runtime/messages.ts';
import type { ActionProgress, TokenEffects } from '../state/action-documents.ts';
import type { User } from '../state/user-documents.ts';
import { isCustomClaim } from './custom-claims.ts';
import { changeMetadata, type MetadataChanges, NO_CHANGES, withMetadataCall } from './metadata-changes.ts';
import { type LoginSituation, toPostLoginEvent } from './post-login-event.ts';
import { type ActionDeps, boundActions, runActions, textOf, type Verdict } from './run-trigger.ts';

/** What a denial revokes besides ending the sign-in. */
export interface Revocation {
  readonly of: 'session' | 'refresh-token';
  /** Whether the refresh tokens of the session stay. */
  readonly keepsRefreshTokens: boolean;
}

/** The result of post-login Actions, or their pause. */
export type PostLoginEnd =
  | { readonly kind: 'passed'; readonly user: User; readonly progress: ActionProgress }
  | {
      readonly kind: 'redirected';
      /** With the query of the Action, without `state`. */
      readonly url: string;
      readonly progress: ActionProgress;
    }
  | { readonly kind: 'denied'; readonly reason: string; readonly revokes?: Revocation | undefined };

/** No changes. */
export const NO_EFFECTS: TokenEffects = { idToken: {}, accessToken: {}, addedScopes: [], removedScopes: [] };
const NOT_BEGUN: ActionProgress = { tokens: NO_EFFECTS, metadata: {}, next: 0 };

/**
 * Runs the post-login Actions of a sign-in or a refresh, from the first one or from where `before` paused. Metadata is
 * written once, at the end or at a pause. An error or a timeout of an Action is a denial, as on Auth0.
 */
export async function runPostLogin(
  deps: ActionDeps,
  situation: LoginSituation,
  before: ActionProgress = NOT_BEGUN,
): Promise<PostLoginEnd> {
  const actions = boundActions(deps, 'post-login');
  const { next: from = actions.length, isRedirected: isResumed, ...kept } = before;
  if (from >= actions.length) return { kind: 'passed', user: situation.user, progress: kept };
  const effects = new LoginEffects(kept);
  const { user, client, continueState, request } = situation;
  const end = await runActions(deps, actions, {
    trigger: 'post-login',
    from,
    isResumed,
    toEvent: () =>
      toPostLoginEvent(deps, situation, changeMetadata(user, effects.changes), effects.progress.metadata),
    apply: (calls) => effects.apply(calls),
    redirect:
      continueState === undefined
        ? undefined
        : { subject: user.user_id, issuer: deps.domain, ip: request.ip, state: continueState },
    about: { user_id: user.user_id, client_id: client.client_id },
  });
  if (end?.outcome === 'failed' || end?.outcome === 'denied')
    return { kind: 'denied', reason: end.message, revokes: effects.revokes };
  const changed = writeMetadata(deps, user, effects.changes);
  if (!end) return { kind: 'passed', user: changed, progress: effects.progress };
  if (effects.url === undefined)
    return { kind: 'passed', user: changed, progress: { ...effects.progress, next: end.at + 1 } };
  return {
    kind: 'redirected',
    url: effects.url,
    progress: { ...effects.progress, next: end.at, isRedirected: true },
  };
}

function writeMetadata({ state, clock }: ActionDeps, user: User, changes: MetadataChanges): User {
  if (changes === NO_CHANGES) return user;
  return state.transaction(() => {
    const current = state.users.get(user.user_id) ?? user;
    const changed = {
      ...changeMetadata(current, changes),
      updated_at: new Date(clock.now()).toISOString(),
    };
    state.users.put(changed);
    return changed;
  });
}

/** Collects the effects of the Actions of one sign-in. */
class LoginEffects {
  progress: ActionProgress;
  changes: MetadataChanges = NO_CHANGES;
  revokes: Revocation | undefined;
  url: string | undefined;

  constructor(progress: ActionProgress) {
    this.progress = progress;
  }

  /** Applies the calls of one Action. A denial has precedence over a pause. */
  apply(calls: readonly ApiCall[]): Verdict | undefined {
    const verdicts = calls.flatMap((call) => this.#applyCall(call) ?? []);
    return verdicts.find(({ outcome }) => outcome === 'denied') ?? verdicts[0];
  }

  #applyCall(call: ApiCall): Verdict | undefined {
    const { method, args } = call;
    const [first, second] = args;
    switch (method) {
      case 'access.deny':
        return { outcome: 'denied', message: textOf(first, 'Access denied.') };
      case 'validation.error':
        return { outcome: 'denied', message: textOf(second, textOf(first)) };
      case 'session.revoke':
      case 'refreshToken.revoke':
        this.revokes = {
          of: method === 'session.revoke' ? 'session' : 'refresh-token',
          keepsRefreshTokens: Reflect.get(Object(second), 'preserveRefreshTokens') === true,
        };
        return { outcome: 'denied', message: textOf(first, 'Access denied.') };
      case 'redirect.sendUserTo':
        return this.#redirect(textOf(first), Reflect.get(Object(second), 'query'));
      case 'authentication.challengeWith':
      case 'authentication.challengeWithAny':
      case 'authentication.enrollWith':
      case 'authentication.enrollWithAny':
        this.progress = { ...this.progress, factor: 'required' };
        return { outcome: 'paused' };
      case 'multifactor.enable':
        this.progress = { ...this.progress, factor: first === 'none' ? 'none' : 'required' };
        return undefined;
      case 'transaction.setMetadata':
        this.progress = {
          ...this.progress,
          metadata: { ...this.progress.metadata, [textOf(first)]: second },
        };
        return undefined;
      default:
        this.changes = withMetadataCall(this.changes, call);
        this.progress = { ...this.progress, tokens: withTokenCall(this.progress.tokens, call) };
        return undefined;
    }
  }

  #redirect(target: string, query: unknown): Verdict {
    if (!URL.canParse(target)) return { outcome: 'denied', message: `Invalid redirect URL: ${target}` };
    const url = new URL(target);
    for (const [name, value] of Object.entries(Object(query) as object))
      url.searchParams.set(name, String(value));
    this.url = url.href;
    return { outcome: 'paused' };
  }
}

/** The effects with those of a call added. Claims that Auth0 reserves are dropped. */
export function withTokenCall(tokens: TokenEffects, { method, args: [name, value] }: ApiCall): TokenEffects {
  if (typeof name !== 'string') return tokens;
  switch (method) {
    case 'idToken.setCustomClaim':
      return isCustomClaim(name) ? { ...tokens, idToken: { ...tokens.idToken, [name]: value } } : tokens;
    case 'accessToken.setCustomClaim':
      return isCustomClaim(name)
        ? { ...tokens, accessToken: { ...tokens.accessToken, [name]: value } }
        : tokens;
    case 'accessToken.addScope':
      return {
        ...tokens,
        addedScopes: [...tokens.addedScopes, name],
        removedScopes: tokens.removedScopes.filter((scope) => scope !== name),
      };
    case 'accessToken.removeScope':
      return {
        ...tokens,
        addedScopes: tokens.addedScopes.filter((scope) => scope !== name),
        removedScopes: [...tokens.removedScopes, name],
      };
    default:
      return tokens;
  }
}
