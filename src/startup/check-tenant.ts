import type { TenantProbe } from '../auth0/tenant-probe.ts';
import type { Config } from '../config/config.ts';
import type { Logger } from '../observe/logger.ts';

export interface TenantCheckDeps {
  readonly probe: Pick<TenantProbe, 'credentialFault' | 'loginError'>;
  readonly config: Pick<Config, 'auth0'>;
  readonly publicUrl: string;
  readonly log: Pick<Logger, 'error' | 'debug'>;
}

/** Errors of a silent login without a session, for a request that is otherwise right (OpenID Connect Core §3.1.2.6). */
const SIGNED_OUT: ReadonlySet<string | undefined> = new Set([
  'login_required',
  'interaction_required',
  'consent_required',
  'account_selection_required',
]);

/**
 * Checks the settings that every sign-in depends on: the client's credential, the callback, the audience and the
 * connection. Logs each fault with the variable and the check of `gatehouse doctor`. A check that fails for other reasons
 * is not a fault. Never rejects.
 */
export async function checkTenant({ probe, config, publicUrl, log }: TenantCheckDeps): Promise<void> {
  const report = (variable: string, check: string, fault: string): void =>
    log.error({ variable, check }, `${variable} ${fault} (gatehouse doctor: ${check})`);
  try {
    const fault = await probe.credentialFault();
    if (fault !== undefined)
      report('AUTH0_CLIENT_SECRET', 'C8', `or the key is wrong, so that no user can sign in: ${fault}`);
    const redirectUri = `${publicUrl}/v1/auth/callback`;
    const plain = await probe.loginError({ redirectUri });
    // An error page of the tenant: it does not know the client or the callback.
    if (plain === undefined)
      return report(
        'AUTH0_CLIENT_ID',
        'C6',
        `has no allowed callback URL ${redirectUri}: redirect login fails`,
      );
    if (!SIGNED_OUT.has(plain)) return;
    const { apiAudience: audience, connection } = config.auth0;
    if ((await probe.loginError({ redirectUri, audience })) === 'access_denied')
      report('AUTH0_API_AUDIENCE', 'A1', `${audience} is not an API of the tenant that allows user access`);
    if ((await probe.loginError({ redirectUri, connection })) === 'invalid_request')
      report('AUTH0_CONNECTION', 'N2', `${connection} does not exist or is not enabled for the application`);
  } catch (err) {
    log.debug({ err }, 'the settings of the tenant could not be checked');
  }
}
