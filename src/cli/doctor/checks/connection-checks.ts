import type { DesiredTenant } from '../../provision/desired-tenant.ts';
import { type Check, type Facts, missingFrom, type Problem, problemIf, scopesOfAudience } from '../check.ts';
import type { Connection } from '../tenant-reads.ts';

const PASSWORD_POLICIES: ReadonlySet<unknown> = new Set(['none', 'low', 'fair', 'good', 'excellent']);
/** Strategies whose connections a redirect login does not request by name. */
const UNASKED_STRATEGIES: ReadonlySet<string> = new Set(['auth0', 'email', 'sms']);

const databasePath = 'Authentication > Database > (connection)';

/** The connection's options in the tenant; their names depend on its age. */
const optionsOf = ({ options }: Connection): Readonly<Record<string, unknown>> => ({ ...options });

const named = async ({ reads, config }: Facts): Promise<Connection[]> =>
  (await reads.connections()).filter(({ name }) => name === config.auth0.connection);

const setOptions = ({ config }: Facts, connection: Connection, options: object): DesiredTenant => ({
  connections: [
    { name: config.auth0.connection, settings: { options: { ...optionsOf(connection), ...options } } },
  ],
});

/** Checks the connection; reports nothing if it does not exist, which N1 reports. */
async function ofConnection(
  facts: Facts,
  find: (connection: Connection) => readonly Problem[],
): Promise<readonly Problem[]> {
  const [connection] = await named(facts);
  return connection ? find(connection) : [];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Whether sign-up must send a user name, by the older or the newer options of a connection. */
function requiresUsername(options: Readonly<Record<string, unknown>>): boolean {
  const { requires_username: isRequired, attributes } = options;
  const username = isObject(attributes) ? attributes['username'] : undefined;
  const signup = isObject(username) ? username['signup'] : undefined;
  return isRequired === true || (isObject(signup) && signup['status'] === 'required');
}

const base = { reads: ['connections'], needs: ['N1'] } as const satisfies Partial<Check>;

/** N: connections, and the names that the gateway sends. */
export const connectionChecks: readonly Check[] = [
  {
    id: 'N1',
    wanted: 'one database connection with the name AUTH0_CONNECTION',
    symptom: 'every sign-up and password sign-in answers 502 tenant_misconfigured',
    remedy: 'create the database connection, or set AUTH0_CONNECTION to its name',
    dashboard: 'Authentication > Database.',
    reads: ['connections'],
    async check(facts) {
      const found = await named(facts);
      const [connection] = found;
      const { connection: name } = facts.config.auth0;
      if (!connection) return [{ seen: `no connection ${name}` }];
      if (found.length > 1) return [{ seen: `${found.length} connections ${name}` }];
      return problemIf(connection.strategy !== 'auth0', {
        seen: `${name} has the strategy ${connection.strategy}`,
      });
    },
  },
  {
    ...base,
    id: 'N2',
    reads: ['connections', 'connectionClients'],
    wanted: 'the connection is enabled for the application',
    symptom: 'every sign-up and password sign-in answers 502 tenant_misconfigured',
    remedy: 'enable the connection for the application',
    dashboard: `${databasePath} > Applications: enable the connection for this application.`,
    async check({ reads, config, clientId }) {
      const { connection: name } = config.auth0;
      const enabled = (await reads.connectionClients()).get(name) ?? [];
      return problemIf(!enabled.includes(clientId), {
        seen: `${name} is not enabled for ${clientId}`,
        fix: { connections: [{ name, clients: [clientId] }] },
      });
    },
  },
  {
    ...base,
    id: 'N3',
    level: 'warn',
    wanted: 'sign-up is open',
    symptom: 'sign-up answers 403 signup_disabled',
    remedy: 'switch off Disable Sign Ups',
    dashboard: `${databasePath} > Settings: turn off Disable Sign Ups.`,
    check: (facts) =>
      ofConnection(facts, (connection) =>
        problemIf(facts.config.passwordSignin && optionsOf(connection)['disable_signup'] === true, {
          seen: 'sign-ups are disabled',
          fix: setOptions(facts, connection, { disable_signup: false }),
        }),
      ),
  },
  {
    ...base,
    id: 'N4',
    wanted: 'sign-up needs no user name, which callers may leave out',
    symptom: 'sign-ups with an e-mail address alone answer 422 username_required',
    remedy: 'make the user name optional',
    dashboard: `${databasePath} > Attributes: Username is required.`,
    check: (facts) =>
      ofConnection(facts, (connection) => {
        const options = optionsOf(connection);
        const isOld = options['requires_username'] === true;
        return problemIf(facts.config.passwordSignin && requiresUsername(options), {
          seen: 'a user name is required',
          ...(isOld && { fix: setOptions(facts, connection, { requires_username: false }) }),
        });
      }),
  },
  {
    ...base,
    id: 'N5',
    wanted: 'the password rules of the connection can be read',
    symptom: 'a refused password answers 422 weak_password without the rules that it breaks',
    remedy: 'choose a password policy',
    dashboard: `${databasePath} > Password Policy.`,
    check: (facts) =>
      ofConnection(facts, (connection) => {
        const options = optionsOf(connection);
        const { passwordPolicy: policy, password_options: rules } = options;
        return problemIf(facts.config.passwordSignin && !PASSWORD_POLICIES.has(policy) && !isObject(rules), {
          seen: `the password policy ${typeof policy === 'string' ? policy : 'not set'}`,
          fix: setOptions(facts, connection, { passwordPolicy: 'good' }),
        });
      }),
  },
  {
    id: 'N6',
    wanted: 'the default directory is a connection; the gateway itself names its realm at every sign-in',
    symptom: 'other applications with the plain password grant get 500 server_error',
    remedy: 'set the default directory to a database connection, or to none',
    dashboard:
      'Settings > General > API Authorization Settings > Default Directory: name a database connection, or send `realm` with the password-realm grant.',
    reads: ['settings', 'connections'],
    needs: ['N1'],
    async check({ reads, config }) {
      const { default_directory: directory = '' } = await reads.settings();
      const databases = (await reads.connections()).filter(({ strategy }) => strategy === 'auth0');
      return problemIf(directory !== '' && !databases.some(({ name }) => name === directory), {
        seen: `no database connection ${directory}`,
        fix: { tenant: { settings: { default_directory: config.auth0.connection } } },
      });
    },
  },
  {
    id: 'N7',
    wanted: 'every further audience that the gateway sends exists',
    symptom: 'calls of the routes with that audience answer 502 tenant_misconfigured',
    remedy: 'create the APIs, or correct AUTH0_API_AUDIENCES and the audiences of the routes',
    dashboard: 'Applications > APIs.',
    reads: ['apis'],
    async check({ reads, audiences, rows }) {
      const present = (await reads.apis()).flatMap(({ identifier }) => identifier ?? []);
      const missing = missingFrom(present, audiences.slice(1));
      const toApi = (identifier: string) => ({
        identifier,
        name: identifier,
        scopes: scopesOfAudience({ rows }, identifier).map((value) => ({ value, description: value })),
        settings: { skip_consent_for_verifiable_first_party_clients: true },
      });
      return problemIf(missing.length > 0, {
        seen: `no API ${missing.join(', ')}`,
        fix: { apis: missing.map(toApi) },
      });
    },
  },
  {
    id: 'N8',
    level: 'warn',
    wanted: 'connections that a redirect login may request are enabled for the application',
    symptom: 'a redirect login with that connection answers 502 tenant_misconfigured',
    remedy: 'enable the connections for the application, or leave them to other applications: --skip N8',
    dashboard: 'Authentication > Social, and Authentication > Enterprise: (connection) > Applications.',
    reads: ['connections', 'connectionClients'],
    async check({ reads, clientId }) {
      const enabled = await reads.connectionClients();
      const missing = (await reads.connections()).flatMap(({ name = '', strategy = '' }) =>
        UNASKED_STRATEGIES.has(strategy) || enabled.get(name)?.includes(clientId) ? [] : [name],
      );
      return problemIf(missing.length > 0, {
        seen: `not enabled: ${missing.join(', ')}`,
        fix: { connections: missing.map((name) => ({ name, clients: [clientId] })) },
      });
    },
  },
];
