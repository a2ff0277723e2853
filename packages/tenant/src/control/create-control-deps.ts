import { findClient, toCredentials } from '../clients/credentials.ts';
import { toRecipe } from '../clients/recipes.ts';
import type { TenantContext } from '../context.ts';
import { answerPush } from '../factors/answer-push.ts';
import { currentTotp, secondsLeft } from '../factors/totp.ts';
import type { TravelClock } from '../lib/clock.ts';
import type { BuiltInSeed } from '../seed/built-in.ts';
import type { SeedSource } from '../seed/read-seed.ts';
import { logoutUrlsOf, makeLogoutToken } from '../sessions/backchannel-logout.ts';
import { createStoreKeeper } from '../transfer/store-keeper.ts';
import type { ControlDeps, LogoutOutcome, LogoutTarget, TotpView } from './control-rows.ts';
import { createKillSwitches } from './kill-switches.ts';
import { createSignInAs } from './sign-in-as.ts';

export interface ControlOptions extends Pick<ControlDeps, 'faults' | 'requests'> {
  readonly clock: TravelClock;
  /** The data file, and the seeds that a reset applies. */
  readonly dataFile: string;
  /** The CA certificate of the tenant's certificate. */
  readonly caPem: string;
  /** The path of its file; undefined if it is kept in memory. */
  readonly caFile: string | undefined;
  readonly builtInSeed: BuiltInSeed | undefined;
  readonly seedSource: SeedSource | undefined;
  /** Deploys the Actions of the seed's folder again. */
  readonly deployActions: () => void;
}

/** Creates the functions that the control API and the console share. */
export function createControlDeps(context: TenantContext, options: ControlOptions): ControlDeps {
  const { clock, dataFile, caPem, caFile, builtInSeed, seedSource, deployActions, faults, requests } =
    options;
  const { state, keys, inbox, passwords, issuer, origin } = context;
  const keeper = createStoreKeeper({
    state,
    clock,
    hashPassword: passwords.hash,
    managementIdentifier: `${issuer}api/v2/`,
    builtInSeed,
    seedSource,
    reloadKeys: () => keys.reload(),
    deployActions,
  });
  return {
    factors: createFactorControl(context),
    clock,
    inbox,
    faults,
    requests,
    actionLog: context.actions.log,
    keys,
    ...createKillSwitches(context),
    sendLogout: createBackchannelControl(context),
    keeper,
    credentials: (name) => {
      const client = findClient(state, name);
      return client && toCredentials(client);
    },
    recipe: (name, framework) => {
      const client = findClient(state, name);
      return client && toRecipe(framework, { issuer, client, caFile });
    },
    listCredentials: () =>
      state.clients.list().map((client) => ({ ...toCredentials(client), name: client.name })),
    about: { issuer, url: origin, data: dataFile, ca_pem: caPem },
    resetTools: () => {
      faults.replace([]);
      clock.offsetS = 0;
    },
    signInAs: createSignInAs(context),
  };
}

/** `POST /_tenant/backchannel-logout`: sends a logout token without ending a session. */
const createBackchannelControl =
  (context: TenantContext) =>
  async ({ user_id, client_id, sid }: LogoutTarget): Promise<LogoutOutcome> => {
    const { state, callBack } = context;
    if (!state.users.get(user_id)) return { missing: 'The user does not exist.' };
    const client = state.clients.get(client_id);
    if (!client) return { missing: 'The client does not exist.' };
    const urls = logoutUrlsOf(client);
    if (urls.length === 0) return { missing: 'The client has no back-channel logout URL.' };
    const sent = await Promise.all(
      urls.map(async (url) => {
        const logout_token = await makeLogoutToken(context, client, { user_id, sid });
        const status = await callBack.now(url, { logout_token }).catch(() => undefined);
        return { url, ...(status !== undefined && { status }) };
      }),
    );
    return { sent };
  };

/** The second-factor functions of the control API. */
function createFactorControl(context: TenantContext): ControlDeps['factors'] {
  const { state, clock } = context;
  return {
    totp(wanted) {
      const now = clock.now();
      return state.authenticators.list().flatMap(({ id, user_id, secret, active }): TotpView[] => {
        const email = state.users.get(user_id)?.email;
        const isWanted = wanted === undefined || wanted === user_id || wanted.toLowerCase() === email;
        if (secret === undefined || !isWanted) return [];
        const code = currentTotp(secret, now);
        return [{ user_id, email, authenticator_id: id, active, code, expires_in_s: secondsLeft(now) }];
      });
    },
    answerPush(userId, approved) {
      const waiting = state.authenticators
        .find('user_id', userId)
        .flatMap(({ id }) => state.mfaChallenges.find('authenticator_id', id))
        .findLast((challenge) => challenge.answer === 'pending');
      return waiting !== undefined && answerPush(context, waiting.id, approved);
    },
  };
}
