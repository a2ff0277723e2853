import type { Organization } from '../state/organization-documents.ts';
import type { State } from '../state/state.ts';

/** The organization with an id, or with a name in any case. */
export const findOrganization = (
  { organizations }: Pick<State, 'organizations'>,
  idOrName: string,
): Organization | undefined =>
  organizations.get(idOrName) ?? organizations.find('name', idOrName.toLowerCase())[0];
