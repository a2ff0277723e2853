import { isLoopback } from '../../../lib/address.ts';
import type { DesiredClient } from '../../provision/desired-tenant.ts';
import { type Check, type Facts, missingFrom, type Problem, problemIf } from '../check.ts';
import type { Application } from '../tenant-reads.ts';

const PASSWORD_GRANTS = ['password', 'http://auth0.com/oauth/grant-type/password-realm'];
const PASSWORDLESS_GRANT = 'http://auth0.com/oauth/grant-type/passwordless/otp';
const CODE_STRATEGIES: ReadonlySet<string> = new Set(['email', 'sms']);

const REFRESH_LEEWAY_S = 30;
const REFRESH_LIFETIME_S = 2_592_000;
const REFRESH_IDLE_S = 1_296_000;

/** The web application of the gateway; undefined if the tenant does not have it. */
export const findApplication = async ({ reads, clientId }: Facts): Promise<Application | undefined> =>
  (await reads.clients()).find(({ client_id }) => client_id === clientId);

/** The desired state of the application, by its client ID. */
export const setApplication = ({ clientId }: Facts, wanted: Omit<DesiredClient, 'client_id' | 'key'>) => ({
  clients: [{ client_id: clientId, ...wanted }],
});

/** Checks the application; reports nothing if it does not exist, which C1 reports. */
async function ofApplication(
  facts: Facts,
  find: (application: Application) => readonly Problem[] | Promise<readonly Problem[]>,
): Promise<readonly Problem[]> {
  const application = await findApplication(facts);
  return application ? find(application) : [];
}

/** The grant types that the gateway uses with the existing routes and connections. */
async function wantedGrantTypes({ config, rows, reads, clientId }: Facts): Promise<string[]> {
  const enabled = await reads.connectionClients();
  const sendsCodes = (await reads.connections()).some(
    ({ name = '', strategy = '' }) =>
      CODE_STRATEGIES.has(strategy) && (enabled.get(name) ?? []).includes(clientId),
  );
  return [
    'authorization_code',
    'refresh_token',
    ...(config.passwordSignin ? PASSWORD_GRANTS : []),
    ...(sendsCodes ? [PASSWORDLESS_GRANT] : []),
    ...(rows.some(({ token }) => token?.includes('client')) ? ['client_credentials'] : []),
  ];
}

const base = { reads: ['clients'], needs: ['C1'] } as const satisfies Partial<Check>;
const appPath = 'Applications > (app) > Settings';

/** C: the web application of the gateway. */
export const applicationChecks: readonly Check[] = [
  {
    id: 'C1',
    wanted: 'the application of AUTH0_CLIENT_ID exists: regular web, first-party, OIDC-conformant',
    symptom: 'every sign-in answers 502 tenant_misconfigured',
    remedy:
      'set AUTH0_CLIENT_ID to a first-party Regular Web Application; whether it is first-party cannot be changed',
    dashboard: `${appPath} > Application Properties > Application Type, and Advanced > OAuth > OIDC Conformant.`,
    reads: ['clients'],
    async check(facts) {
      const application = await findApplication(facts);
      if (!application) return [{ seen: `no application ${facts.clientId}` }];
      const { app_type: type = 'no type', is_first_party, oidc_conformant } = application;
      if (is_first_party === false) return [{ seen: 'a third-party application' }];
      const wrong = [
        ...(type === 'regular_web' ? [] : [`the type ${type}`]),
        ...(oidc_conformant === true ? [] : ['not OIDC-conformant']),
      ];
      return problemIf(wrong.length > 0, {
        seen: wrong.join(', '),
        fix: setApplication(facts, { settings: { app_type: 'regular_web', oidc_conformant: true } }),
      });
    },
  },
  {
    ...base,
    id: 'C2',
    wanted: 'the application authenticates as the gateway does: by secret, or by key where one is configured',
    symptom: 'every sign-in answers 502 tenant_misconfigured, or anyone can use the client ID',
    remedy:
      'choose Client Secret (Post), or Private Key JWT with the public key of AUTH0_CLIENT_ASSERTION_KEY',
    dashboard: 'Applications > (app) > Credentials: Authentication Method.',
    check: (facts) =>
      ofApplication(
        facts,
        ({ token_endpoint_auth_method: method, client_authentication_methods: methods }) => {
          const hasKeys = methods?.private_key_jwt !== undefined;
          const seen = hasKeys ? 'private_key_jwt' : (method ?? 'client_secret_post');
          if (facts.usesKey) return problemIf(!hasKeys, { seen });
          if (hasKeys) return [{ seen }];
          return problemIf(seen === 'none', {
            seen: 'none, as for an application without a secret',
            fix: setApplication(facts, { settings: { token_endpoint_auth_method: 'client_secret_post' } }),
          });
        },
      ),
  },
  {
    ...base,
    id: 'C3',
    reads: ['clients', 'connections', 'connectionClients'],
    wanted: 'the application has the grant types that the gateway uses',
    symptom: 'sign-ins of that kind answer 502 tenant_misconfigured',
    remedy: 'enable the grant types',
    dashboard:
      'Applications > (app) > Settings > Advanced > Grant Types: enable Password, which adds both `password` and `password-realm`.',
    check: (facts) =>
      ofApplication(facts, async ({ grant_types: granted }) => {
        const missing = missingFrom(granted, await wantedGrantTypes(facts));
        return problemIf(missing.length > 0, {
          seen: `without ${missing.join(', ')}`,
          fix: setApplication(facts, { grant_types: missing }),
        });
      }),
  },
  {
    ...base,
    id: 'C4',
    wanted: 'refresh tokens rotate, with a leeway above 0, and expire',
    symptom:
      'a stolen refresh token stays valid for ever; without leeway, a lost response of the tenant ends the session',
    remedy: 'switch on rotation with an overlap period, and both expirations',
    dashboard:
      'Applications > (app) > Settings > Refresh Token Rotation: raise the overlap period (leeway) if clients retry.',
    check: (facts) =>
      ofApplication(facts, ({ refresh_token: settings }) => {
        const wrong = [
          ...(settings?.rotation_type === 'rotating' ? [] : ['no rotation']),
          ...((settings?.leeway ?? 0) > 0 ? [] : ['no leeway']),
          ...(settings?.expiration_type === 'expiring' && settings.infinite_token_lifetime !== true
            ? []
            : ['no expiry']),
        ];
        return problemIf(wrong.length > 0, {
          seen: wrong.join(', '),
          fix: setApplication(facts, {
            settings: {
              refresh_token: {
                rotation_type: 'rotating',
                expiration_type: 'expiring',
                leeway: settings?.leeway || REFRESH_LEEWAY_S,
                infinite_token_lifetime: false,
                infinite_idle_token_lifetime: false,
                token_lifetime: settings?.token_lifetime ?? REFRESH_LIFETIME_S,
                idle_token_lifetime: settings?.idle_token_lifetime ?? REFRESH_IDLE_S,
              },
            },
          }),
        });
      }),
  },
  {
    ...base,
    id: 'C5',
    wanted: "the tenant trusts the gateway's header with the address of the user",
    symptom:
      'after ten wrong passwords of any users, no user can sign in: the tenant blocks the gateway itself',
    remedy: 'switch on Trust Token Endpoint IP Header',
    dashboard: `${appPath} > Advanced > OAuth > Trust Token Endpoint IP Header.`,
    check: (facts) =>
      ofApplication(facts, ({ is_token_endpoint_ip_header_trusted: isTrusted }) =>
        problemIf(isTrusted !== true, {
          seen: 'not trusted',
          fix: setApplication(facts, { settings: { is_token_endpoint_ip_header_trusted: true } }),
        }),
      ),
  },
  {
    ...base,
    id: 'C6',
    wanted: "the gateway's callback, logout and back-channel logout URLs are allowed",
    symptom:
      'a redirect login or logout ends on an error page of the tenant; a logout at the tenant leaves sessions alive',
    remedy: 'list the URLs; they begin with PUBLIC_URL',
    dashboard:
      'Applications > (app) > Settings > Application URIs > Allowed Callback URLs: list the redirect_uri byte for byte.',
    check: (facts) =>
      ofApplication(facts, ({ callbacks, allowed_logout_urls: logoutUrls, oidc_logout: logout }) => {
        const at = (path: string) => [`${facts.publicUrl}${path}`];
        // A tenant on the internet cannot call back to this machine.
        const isReachable = facts.isLocalTenant || !isLoopback(new URL(facts.publicUrl).hostname);
        const missing = {
          callbacks: missingFrom(callbacks, at('/v1/auth/callback')),
          logout_urls: missingFrom(logoutUrls, at('/v1/auth/signed-out')),
          backchannel: isReachable
            ? missingFrom(logout?.backchannel_logout_urls, at('/v1/auth/backchannel-logout'))
            : [],
        };
        const all = Object.values(missing).flat();
        const { backchannel } = missing;
        return problemIf(all.length > 0, {
          seen: `not allowed: ${all.join(', ')}`,
          fix: setApplication(facts, {
            ...(missing.callbacks.length > 0 && { callbacks: missing.callbacks }),
            ...(missing.logout_urls.length > 0 && { logout_urls: missing.logout_urls }),
            // Only one URL: Auth0 accepts no second one.
            ...(backchannel.length > 0 && {
              settings: {
                oidc_logout: {
                  backchannel_logout_urls: backchannel,
                  backchannel_logout_initiators: { mode: 'all' },
                },
              },
            }),
          }),
        });
      }),
  },
  {
    ...base,
    id: 'C7',
    wanted: 'ID tokens of the application are signed with RS256',
    symptom: 'every sign-in answers 502 tenant_error: the ID token does not verify',
    remedy: 'choose RS256 for the signature of ID tokens',
    dashboard: `${appPath} > Advanced > OAuth > JSON Web Token Signature Algorithm.`,
    check: (facts) =>
      ofApplication(facts, ({ jwt_configuration: { alg = 'HS256' } = {} }) =>
        problemIf(alg !== 'RS256', {
          seen: alg,
          fix: setApplication(facts, { settings: { jwt_configuration: { alg: 'RS256' } } }),
        }),
      ),
  },
  {
    id: 'C8',
    isLive: true,
    wanted: 'the tenant accepts AUTH0_CLIENT_SECRET, or the key of AUTH0_CLIENT_ASSERTION_KEY',
    symptom: 'every sign-in answers 502 tenant_misconfigured',
    remedy: 'copy the client ID and the client secret of the application',
    dashboard:
      'Applications > (app) > Settings > Basic Information: compare the Client ID and the Client Secret.',
    reads: ['credentialFault'],
    needs: ['C1', 'C2'],
    async check({ reads }) {
      const seen = await reads.credentialFault();
      return seen === undefined ? [] : [{ seen }];
    },
  },
  {
    ...base,
    id: 'C9',
    wanted: 'the refresh tokens of the application can be used for every further audience',
    symptom:
      'session calls of those routes answer 502 tenant_misconfigured: the tenant ignores the audience silently',
    remedy: 'add the APIs and their scopes to the Multi-Resource Refresh Token policies',
    dashboard:
      'Applications > (app) > Settings > Multi-Resource Refresh Token: list the API and its scopes; the API must let first parties skip consent.',
    reads: ['clients', 'apis'],
    check: (facts) =>
      ofApplication(facts, async ({ refresh_token: settings }) => {
        const listed = (settings?.policies ?? []).map(({ audience }) => audience);
        const apis = await facts.reads.apis();
        const missing = missingFrom(listed, facts.audiences.slice(1)).filter((audience) =>
          apis.some(({ identifier }) => identifier === audience),
        );
        const policies = missing.map((audience) => ({
          audience,
          scope: (apis.find(({ identifier }) => identifier === audience)?.scopes ?? []).map(
            ({ value }) => value,
          ),
        }));
        return problemIf(missing.length > 0, {
          seen: `not for ${missing.join(', ')}`,
          fix: setApplication(facts, { settings: { refresh_token: { policies } } }),
        });
      }),
  },
];
