import { CUSTOMER_KEY } from '../../../admin/customers/customers.ts';
import { type Check, missingFrom, problemIf } from '../check.ts';
import type { Application } from '../tenant-reads.ts';
import { grantsOf, ofEachClient, setGrants } from './of-each-client.ts';

const isCustomer = ({ client_metadata }: Application): boolean =>
  client_metadata?.[CUSTOMER_KEY] !== undefined;

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
      ofEachClient(facts, isCustomer, ({ client_id, app_type: type = 'no type', grant_types: granted }) => {
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
      return ofEachClient(facts, isCustomer, async ({ client_id }) => {
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
      ofEachClient(facts, isCustomer, async ({ client_id }) =>
        problemIf(
          (await grantsOf(facts, client_id)).some(({ audience }) => audience === facts.managementAudience),
          { seen: 'has a grant for the Management API' },
        ),
      ),
  },
];
