import { isLoopback } from '../../../lib/address.ts';
import { type Check, problemIf } from '../check.ts';
import type { Application } from '../tenant-reads.ts';
import { clientsOf, grantsOf, ofEachClient, setGrants } from './of-each-client.ts';

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

const isThirdParty = ({ is_first_party }: Application): boolean => is_first_party === false;
const isStrict = ({ third_party_security_mode: mode }: Application): boolean => mode === 'strict';

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
      ofEachClient(facts, isThirdParty, ({ third_party_security_mode: mode }) =>
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
      ofEachClient(facts, isThirdParty, ({ grant_types: granted = [] }) => {
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
      ofEachClient(facts, isThirdParty, ({ callbacks = [] }) => {
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
      return ofEachClient(
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
      return ofEachClient(facts, isThirdParty, (client) => {
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
      ofEachClient(
        facts,
        isThirdParty,
        ({ client_id, redirection_policy: policy = 'open_redirect_protection' }) =>
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
      ofEachClient(
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
