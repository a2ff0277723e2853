import type { DesiredTenant } from '../../provision/desired-tenant.ts';
import type { Facts, Problem } from '../check.ts';
import type { Application } from '../tenant-reads.ts';

/** A client, with its ID. */
export type Known = Application & { readonly client_id: string };

/** The clients of a kind, without Auth0's own. */
export const clientsOf = async (
  { reads }: Facts,
  isWanted: (client: Application) => boolean,
): Promise<readonly Known[]> =>
  (await reads.clients()).flatMap((client) =>
    client.client_id !== undefined && client.global !== true && isWanted(client)
      ? [{ ...client, client_id: client.client_id }]
      : [],
  );

/** The problems of each client, its name first. */
export async function ofEachClient(
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

/** The grants of a client, of every subject type. */
export const grantsOf = async ({ reads }: Facts, clientId: string) =>
  (await reads.clientGrants()).filter(({ client_id }) => client_id === clientId);

type Grant = Awaited<ReturnType<typeof grantsOf>>[number];

/** The grants of a client with only some of their scopes. */
export const setGrants = (
  client_id: string,
  grants: readonly Grant[],
  isKept: (scope: string) => boolean,
): DesiredTenant => ({
  clients: [
    {
      client_id,
      grants: grants.flatMap(({ audience = '', scope = [], subject_type = 'client' }) =>
        // A file of provision has no others.
        subject_type === 'anonymous_user' ? [] : [{ audience, scopes: scope.filter(isKept), subject_type }],
      ),
    },
  ],
});
