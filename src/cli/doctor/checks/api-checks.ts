import { isLoopback } from '../../../lib/address.ts';
import type { DesiredTenant } from '../../provision/desired-tenant.ts';
import { type Check, type Facts, missingFrom, type Problem, problemIf, scopesOfAudience } from '../check.ts';
import type { Api } from '../tenant-reads.ts';

const MIN_LIFETIME_S = 60;
const MAX_LIFETIME_S = 86_400;
const AUTHZ_DIALECT = 'access_token_authz';

const setApi = (identifier: string, settings: Readonly<Record<string, unknown>>): DesiredTenant => ({
  apis: [{ identifier, settings }],
});

/** The audiences of the gateway that exist: N7 and A1 report the others. */
async function ownApis({ reads, audiences }: Facts): Promise<(Api & { readonly identifier: string })[]> {
  const apis = await reads.apis();
  return audiences.flatMap((identifier) => {
    const api = apis.find((each) => each.identifier === identifier);
    return api ? [{ ...api, identifier }] : [];
  });
}

/** The problems of each of the gateway's APIs, its identifier first. */
async function ofEachApi(
  facts: Facts,
  find: (api: Api, identifier: string) => readonly Problem[],
): Promise<Problem[]> {
  return (await ownApis(facts)).flatMap((api) =>
    find(api, api.identifier).map((problem) => ({ ...problem, seen: `${api.identifier}: ${problem.seen}` })),
  );
}

const base = { reads: ['apis'], needs: ['A1'] } as const satisfies Partial<Check>;
const apiPath = 'Applications > APIs > (API) > Settings';

/** The admin rows always read permissions. */
const readsPermissions = ({ config, rows }: Facts, identifier: string): boolean =>
  identifier === config.auth0.adminAudience ||
  rows.some(({ audience, permissions }) => audience === identifier && permissions.length > 0);

/** Whether two identifiers differ only in case and a trailing slash, which are significant. */
const isAlike = (a: string, b: string): boolean =>
  a.toLowerCase().replace(/\/$/, '') === b.toLowerCase().replace(/\/$/, '');

/** A: the APIs of tokens. */
export const apiChecks: readonly Check[] = [
  {
    id: 'A1',
    wanted: 'an API whose identifier equals AUTH0_API_AUDIENCE byte for byte',
    symptom: 'every sign-in answers 502 tenant_misconfigured: the tenant knows no such audience',
    remedy: 'create the API, or set AUTH0_API_AUDIENCE to its identifier, which cannot be changed',
    dashboard: 'Applications > APIs: create an API whose Identifier equals the audience byte for byte.',
    reads: ['apis'],
    async check(facts) {
      const wanted = facts.config.auth0.apiAudience;
      const identifiers = (await facts.reads.apis()).flatMap(({ identifier }) => identifier ?? []);
      if (identifiers.includes(wanted)) return [];
      const alike = identifiers.find((each) => isAlike(each, wanted));
      if (alike !== undefined) return [{ seen: `${alike}, which is another identifier than ${wanted}` }];
      const scopes = scopesOfAudience(facts, wanted).map((value) => ({ value, description: value }));
      const settings = { allow_offline_access: true, skip_consent_for_verifiable_first_party_clients: true };
      const fix = { apis: [{ identifier: wanted, name: wanted, scopes, settings }] };
      return [{ seen: `no API ${wanted}`, fix }];
    },
  },
  {
    ...base,
    id: 'A2',
    wanted: 'the API signs its tokens with an algorithm of AUTH0_TOKEN_SIGNING_ALGS, RS256 by default',
    symptom: 'every access token is refused with 401 invalid_token',
    remedy: 'choose RS256 as the signing algorithm of the API',
    dashboard: `${apiPath} > Token Settings > JSON Web Token Signing Algorithm.`,
    check: (facts) =>
      ofEachApi(facts, ({ signing_alg: alg = 'none' }, identifier) => {
        const { signingAlgs } = facts.config.auth0;
        const [first] = signingAlgs;
        return problemIf(!signingAlgs.some((each) => each === alg), {
          seen: alg,
          fix: setApi(identifier, { signing_alg: first }),
        });
      }),
  },
  {
    ...base,
    id: 'A3',
    wanted: 'every scope that a route requires exists on its API and has a description',
    symptom: 'callers never get the scope, and the route answers 403 insufficient_scope',
    remedy: 'add the scopes to the API',
    dashboard: 'Applications > APIs > (API) > Permissions.',
    check: (facts) =>
      ofEachApi(facts, ({ scopes = [] }, identifier) => {
        const wanted = scopesOfAudience(facts, identifier);
        const described = scopes.flatMap(({ value, description }) => (description ? [value] : []));
        const missing = missingFrom(
          scopes.map(({ value }) => value),
          wanted,
        );
        const plain = missingFrom(described, wanted).filter((scope) => !missing.includes(scope));
        const seen = [
          ...(missing.length > 0 ? [`no scope ${missing.join(', ')}`] : []),
          ...(plain.length > 0 ? [`no description of ${plain.join(', ')}`] : []),
        ];
        const added = [...missing, ...plain].map((value) => ({ value, description: value }));
        return problemIf(seen.length > 0, {
          seen: seen.join('; '),
          fix: { apis: [{ identifier, scopes: added }] },
        });
      }),
  },
  {
    ...base,
    id: 'A4',
    wanted: 'the API of AUTH0_API_AUDIENCE allows offline access',
    symptom: 'sessions end with their first access token: there is no refresh token',
    remedy: 'switch on Allow Offline Access',
    dashboard: `${apiPath} > Access Settings > Allow Offline Access.`,
    async check(facts) {
      const identifier = facts.config.auth0.apiAudience;
      const api = (await ownApis(facts)).find((each) => each.identifier === identifier);
      return problemIf(api?.allow_offline_access !== true, {
        seen: 'offline access is not allowed',
        fix: setApi(identifier, { allow_offline_access: true }),
      });
    },
  },
  {
    ...base,
    id: 'A5',
    reads: ['apis', 'settings', 'clients'],
    wanted: 'first-party applications with verifiable callbacks need no consent for the API',
    symptom: 'users see a consent page of your own application at every redirect login',
    remedy: 'switch on Allow Skipping User Consent; use a PUBLIC_URL that is not localhost',
    dashboard: `${apiPath} > Access Settings > Allow Skipping User Consent.`,
    async check(facts) {
      const missing = await ofEachApi(facts, (api, identifier) =>
        problemIf(api.skip_consent_for_verifiable_first_party_clients !== true, {
          seen: 'consent is not skipped',
          fix: setApi(identifier, { skip_consent_for_verifiable_first_party_clients: true }),
        }),
      );
      if (missing.length > 0 || !isLoopback(new URL(facts.publicUrl).hostname)) return missing;
      const settings = await facts.reads.settings();
      const client = (await facts.reads.clients()).find(({ client_id }) => client_id === facts.clientId);
      const spared =
        client?.skip_non_verifiable_callback_uri_confirmation_prompt ??
        settings.skip_non_verifiable_callback_uri_confirmation_prompt;
      return problemIf(spared !== true, {
        status: 'warn',
        seen: `callbacks at ${facts.publicUrl} are not verifiable: the tenant still asks`,
        fix: { tenant: { settings: { skip_non_verifiable_callback_uri_confirmation_prompt: true } } },
      });
    },
  },
  {
    ...base,
    id: 'A6',
    wanted: 'users, and applications with a grant, may have tokens of the API',
    symptom: 'sign-ins answer 403 access_denied, or machine clients invalid_target',
    remedy: 'set the application access policy of the API',
    dashboard: 'Applications > APIs > (API) > Settings > Application Access Policy: allow user access.',
    check: (facts) =>
      ofEachApi(facts, ({ subject_type_authorization: policies }, identifier) => {
        const denied = [
          ...(policies?.user?.policy === 'deny_all' ? ['users'] : []),
          ...(policies?.client?.policy === 'deny_all' ? ['applications'] : []),
        ];
        return problemIf(denied.length > 0, {
          seen: `closed to ${denied.join(' and ')}`,
          fix: setApi(identifier, {
            subject_type_authorization: {
              ...(denied.includes('users') && { user: { policy: 'allow_all' } }),
              ...(denied.includes('applications') && { client: { policy: 'require_client_grant' } }),
            },
          }),
        });
      }),
  },
  {
    ...base,
    id: 'A7',
    wanted: 'the API does not encrypt its tokens',
    symptom: 'every access token is refused with 401 invalid_token: the gateway cannot read it',
    remedy: 'switch off token encryption',
    dashboard: `${apiPath} > Token Encryption.`,
    check: (facts) =>
      ofEachApi(facts, ({ token_encryption: encryption }, identifier) =>
        problemIf(encryption !== undefined && encryption !== null, {
          seen: 'tokens are encrypted',
          fix: setApi(identifier, { token_encryption: null }),
        }),
      ),
  },
  {
    ...base,
    id: 'A8',
    wanted: 'where a route reads permissions, the API has RBAC on and adds permissions to its tokens',
    symptom: 'routes with permissions answer 403 to every caller',
    remedy: 'switch on RBAC and Add Permissions in the Access Token',
    dashboard: `${apiPath} > RBAC Settings: Enable RBAC, and Add Permissions in the Access Token.`,
    check: (facts) =>
      ofEachApi(facts, ({ enforce_policies: isOn, token_dialect: dialect = 'access_token' }, identifier) =>
        problemIf(readsPermissions(facts, identifier) && !(isOn && dialect.endsWith('_authz')), {
          seen: `RBAC ${isOn ? 'on' : 'off'}, token dialect ${dialect}`,
          fix: setApi(identifier, {
            enforce_policies: true,
            token_dialect: dialect.startsWith('rfc9068') ? 'rfc9068_profile_authz' : AUTHZ_DIALECT,
          }),
        }),
      ),
  },
  {
    ...base,
    id: 'A9',
    level: 'warn',
    wanted: 'access tokens live between 60 s and 24 h',
    symptom: 'shorter: every request renews its token; longer: a stolen token works for days',
    remedy: 'set the maximum access token lifetime of the API',
    dashboard: `${apiPath} > Token Settings > Maximum Access Token Lifetime.`,
    check: (facts) =>
      ofEachApi(facts, ({ token_lifetime: seconds = MAX_LIFETIME_S }, identifier) =>
        problemIf(seconds < MIN_LIFETIME_S || seconds > MAX_LIFETIME_S, {
          seen: `${seconds} s`,
          fix: setApi(identifier, { token_lifetime: MAX_LIFETIME_S }),
        }),
      ),
  },
];
