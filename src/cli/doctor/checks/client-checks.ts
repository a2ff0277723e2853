import { CUSTOMER_KEY } from '../../../admin/customers/customers.ts';
import { isLoopback } from '../../../lib/address.ts';
import type { DesiredTenant } from '../../provision/desired-tenant.ts';
import { type Check, type Facts, missingFrom, type Problem, problemIf } from '../check.ts';
import type { Application } from '../tenant-reads.ts';

const STRICT_MODES: ReadonlySet<unknown> = new Set(['strict', 'permissive']);
const THIRD_PARTY_GRANTS: ReadonlySet<string> = new Set(['authorization_code', 'refresh_token']);
const OIDC_SCOPES: ReadonlySet<string> = new Set([
  'openid',
  'profile',
  'email',
  'address',
  'phone',
  'offline_access',
]);
const isOidc = (scope: string): boolean => OIDC_SCOPES.has(scope);

type Known = Application & { readonly client_id: string };

const clientsOf = async (
  { reads }: Facts,
  isWanted: (client: Application) => boolean,
): Promise<readonly Known[]> =>
  (await reads.clients()).flatMap((client) =>
    client.client_id !== undefined && client.global !== true && isWanted(client)
      ? [{ ...client, client_id: client.client_id }]
      : [],
  );

const isCustomer = ({ client_metadata }: Application): boolean =>
  client_metadata?.[CUSTOMER_KEY] !== undefined;
const isThirdParty = ({ is_first_party }: Application): boolean => is_first_party === false;
const isStrict = ({ third_party_security_mode: mode }: Application): boolean => mode === 'strict';

/** The problems of each client, its name first. */
async function ofEach(
  facts: Facts,
  isWanted: (client: Application) => boolean,
  find: (client: Known) => readonly Problem[] | Promise<readonly Problem[]>,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const client of await clientsOf(facts, isWanted))
    for (const problem of await find(client))
      problems.push({ ...problem, seen: `${client.name ?? client.client_id}: ${problem.seen}` });
  return problems;
}

const grantsOf = async ({ reads }: Facts, clientId: string) =>
  (await reads.clientGrants()).filter(({ client_id }) => client_id === clientId);

type Grant = Awaited<ReturnType<typeof grantsOf>>[number];

/** The grants of a client with only some of their scopes. */
const setGrants = (
  client_id: string,
  grants: readonly Grant[],
  isKept: (scope: string) => boolean,
): DesiredTenant => ({
  clients: [
    {
      client_id,
      grants: grants.flatMap(({ audience = '', scope = [], subject_type = 'client' }) =>
        // A file of provision knows no others.
        subject_type === 'anonymous_user' ? [] : [{ audience, scopes: scope.filter(isKept), subject_type }],
      ),
    },
  ],
});

const machinePath = 'Applications > APIs > (API) > Machine to Machine Applications';

/** M: the machine clients of customers. */
export const machineChecks: readonly Check[] = [
  {
    id: 'M1',
    wanted: "each customer's client is a machine client with the client credentials grant",
    symptom: 'the customer gets 401 unauthorized_client at the token endpoint',
    remedy: 'set the type to Machine to Machine and enable Client Credentials',
    dashboard: 'Applications > (app) > Settings > Application Type, and Advanced > Grant Types.',
    reads: ['clients'],
    check: (facts) =>
      ofEach(facts, isCustomer, ({ client_id, app_type: type = 'no type', grant_types: granted }) => {
        const isGranted = granted?.includes('client_credentials') === true;
        return problemIf(type !== 'non_interactive' || !isGranted, {
          seen: `the type ${type}, ${isGranted ? 'with' : 'without'} client_credentials`,
          fix: {
            clients: [
              {
                client_id,
                grant_types: ['client_credentials'],
                settings: { app_type: 'non_interactive' },
              },
            ],
          },
        });
      }),
  },
  {
    id: 'M2',
    wanted: "each customer's client has one grant for the API, with scopes that the API has",
    symptom: 'the customer gets invalid_target or invalid_scope at the token endpoint',
    remedy: 'authorize the application for the API with the scopes of the customer',
    dashboard: `${machinePath}: authorize the application.`,
    reads: ['clients', 'clientGrants', 'apis'],
    needs: ['A1'],
    async check(facts) {
      const { apiAudience } = facts.config.auth0;
      const api = (await facts.reads.apis()).find(({ identifier }) => identifier === apiAudience);
      const scopes = (api?.scopes ?? []).map(({ value }) => value);
      return ofEach(facts, isCustomer, async ({ client_id }) => {
        const grants = (await grantsOf(facts, client_id)).filter(
          ({ audience, subject_type: subject = 'client' }) =>
            audience === apiAudience && subject === 'client',
        );
        const [grant] = grants;
        if (!grant) return [{ seen: `no grant for ${apiAudience}` }];
        if (grants.length > 1) return [{ seen: `${grants.length} grants` }];
        const unknown = missingFrom(scopes, grant.scope ?? []);
        return problemIf(unknown.length > 0, {
          seen: `unknown scopes ${unknown.join(', ')}`,
          fix: setGrants(client_id, grants, (scope) => scopes.includes(scope)),
        });
      });
    },
  },
  {
    id: 'M3',
    wanted: "no customer's client has a grant for the Management API",
    symptom: 'a customer could change the tenant and read all users',
    remedy: 'remove the grant',
    dashboard: 'Applications > APIs > Auth0 Management API > Machine to Machine Applications.',
    reads: ['clients', 'clientGrants'],
    check: (facts) =>
      ofEach(facts, isCustomer, async ({ client_id }) =>
        problemIf(
          (await grantsOf(facts, client_id)).some(({ audience }) => audience === facts.managementAudience),
          { seen: 'has a grant for the Management API' },
        ),
      ),
  },
];

const isExact = (url: string): boolean => {
  if (url.includes('*') || !URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
};

const thirdPartyPath = 'Applications > (third-party app)';

/** T: applications of others that use the APIs on behalf of users. */
export const thirdPartyChecks: readonly Check[] = [
  {
    id: 'T1',
    wanted: 'the security mode of each third-party client is known',
    symptom: 'whether the client may sign users in with OIDC depends on the age of the tenant',
    remedy: 'create the client again with a mode: it cannot be changed',
    dashboard: `${thirdPartyPath} > Settings.`,
    reads: ['clients'],
    check: (facts) =>
      ofEach(facts, isThirdParty, ({ third_party_security_mode: mode }) =>
        problemIf(!STRICT_MODES.has(mode), { seen: `the mode ${mode ?? 'not set'}` }),
      ),
  },
  {
    id: 'T2',
    wanted: 'third-party clients have the authorization code and refresh token grants only',
    symptom: 'another company could ask your users for their passwords',
    remedy: 'disable the other grant types',
    dashboard: `${thirdPartyPath} > Settings > Advanced > Grant Types.`,
    reads: ['clients'],
    check: (facts) =>
      ofEach(facts, isThirdParty, ({ grant_types: granted = [] }) => {
        const others = granted.filter((type) => !THIRD_PARTY_GRANTS.has(type));
        return problemIf(others.length > 0, { seen: others.join(', ') });
      }),
  },
  {
    id: 'T3',
    wanted: 'callbacks of third-party clients are exact https URLs, or on loopback',
    symptom: 'authorization codes can be read by others',
    remedy: 'replace the callbacks by exact https URLs',
    dashboard: `${thirdPartyPath} > Settings > Application URIs > Allowed Callback URLs.`,
    reads: ['clients'],
    check: (facts) =>
      ofEach(facts, isThirdParty, ({ callbacks = [] }) => {
        const loose = callbacks.filter((url) => !isExact(url));
        return problemIf(loose.length > 0, { seen: loose.join(', ') });
      }),
  },
  {
    id: 'T4',
    wanted: 'each third-party client has a user grant, or there is a default grant for them',
    symptom: 'users who authorize the client get unauthorized_client or access_denied',
    remedy: 'grant the client user access to the API',
    dashboard:
      'Applications > APIs > (API) > Application Access: grant the third-party application user access; Allow All does not include it.',
    reads: ['clients', 'clientGrants'],
    async check(facts) {
      const grants = await facts.reads.clientGrants();
      const isUserGrant = ({ subject_type: subject }: (typeof grants)[number]) => subject === 'user';
      const hasDefault = grants.some(
        (grant) => grant.default_for === 'third_party_clients' && isUserGrant(grant),
      );
      // In permissive mode an API that lets all users in lets them in through any client.
      return ofEach(
        facts,
        (client) => isThirdParty(client) && isStrict(client),
        ({ client_id }) =>
          problemIf(
            !hasDefault && !grants.some((grant) => grant.client_id === client_id && isUserGrant(grant)),
            { seen: 'no user grant' },
          ),
      );
    },
  },
  {
    id: 'T5',
    wanted: 'each third-party client can reach a connection',
    symptom: 'its users see a sign-in page that offers nothing',
    remedy: 'make the connection a domain connection',
    dashboard: 'Authentication > Database > (connection) > Settings: Promote Connection to Domain Level.',
    reads: ['clients', 'connections', 'connectionClients'],
    needs: ['N1'],
    async check(facts) {
      const { connection: name } = facts.config.auth0;
      const ofDomain = (await facts.reads.connections()).some(
        ({ is_domain_connection: isDomain }) => isDomain === true,
      );
      const enabled = [...(await facts.reads.connectionClients()).values()].flat();
      return ofEach(facts, isThirdParty, (client) => {
        const canReach = ofDomain || (!isStrict(client) && enabled.includes(client.client_id));
        return problemIf(!canReach, {
          seen: 'no connection',
          fix: { connections: [{ name, settings: { is_domain_connection: true } }] },
        });
      });
    },
  },
  {
    id: 'T6',
    level: 'warn',
    wanted: 'a third-party client learns that a user refuses',
    symptom: 'a user who refuses consent ends on an error page of the tenant',
    remedy: 'set redirection_policy to allow_always for clients that you trust with a redirect',
    dashboard: `${thirdPartyPath} > Settings: Redirection Policy.`,
    reads: ['clients'],
    check: (facts) =>
      ofEach(facts, isThirdParty, ({ client_id, redirection_policy: policy = 'open_redirect_protection' }) =>
        problemIf(policy !== 'allow_always', {
          seen: policy,
          fix: { clients: [{ client_id, settings: { redirection_policy: 'allow_always' } }] },
        }),
      ),
  },
  {
    id: 'T7',
    wanted: 'the consent page shows the descriptions of scopes',
    symptom: 'users see scope names instead of what they allow',
    remedy: 'set the flag use_scope_descriptions_for_consent of the tenant',
    dashboard: 'Tenant flag use_scope_descriptions_for_consent, by the Management API.',
    reads: ['clients', 'settings'],
    async check(facts) {
      // Auth0's client does not know this flag.
      const flags: Readonly<Record<string, unknown>> = { ...(await facts.reads.settings()).flags };
      const hasClients = (await clientsOf(facts, isThirdParty)).length > 0;
      return problemIf(hasClients && flags['use_scope_descriptions_for_consent'] !== true, {
        seen: 'scope names alone',
        fix: { tenant: { flags: { use_scope_descriptions_for_consent: true } } },
      });
    },
  },
  {
    id: 'T8',
    level: 'warn',
    wanted: 'grants of strict third-party clients hold no OIDC scopes, which they never get',
    symptom: 'the client gets fewer scopes than it asks for, and no ID token',
    remedy: 'remove the scopes from the grant',
    dashboard: 'Applications > APIs > (API) > Application Access > (third-party app).',
    reads: ['clients', 'clientGrants'],
    check: (facts) =>
      ofEach(
        facts,
        (client) => isThirdParty(client) && isStrict(client),
        async ({ client_id }) => {
          const grants = (await grantsOf(facts, client_id)).filter(({ scope = [] }) => scope.some(isOidc));
          const found = new Set(grants.flatMap(({ scope = [] }) => scope.filter(isOidc)));
          return problemIf(grants.length > 0, {
            seen: [...found].join(', '),
            fix: setGrants(client_id, grants, (scope) => !isOidc(scope)),
          });
        },
      ),
  },
  {
    id: 'T9',
    wanted: 'consents of users can be listed and revoked',
    symptom: 'users cannot withdraw what they allowed a third-party client',
    remedy: 'grant read:grants and delete:grants to the application of AUTH0_MGMT_CLIENT_ID',
    dashboard:
      'Applications > APIs > Auth0 Management API > Machine to Machine Applications > (app): tick the missing permissions.',
    reads: ['grants'],
    scopes: ['delete:grants'],
    async check({ reads }) {
      await reads.grants();
      return [];
    },
  },
];
