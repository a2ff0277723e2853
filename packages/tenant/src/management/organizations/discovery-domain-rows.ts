import { randomAlphanumeric } from '../../lib/random.ts';
import { type KeptResource, keptRows } from '../kept/kept-resource.ts';
import { notFound } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { requireOrganization } from './write-organization.ts';

const PATH = '/organizations/:id/discovery-domains';
const MISSING = 'No organization domain found by that id';

const discoveryDomains: KeptResource = {
  path: PATH,
  scope: 'organization_discovery_domains',
  requireParent: (context, { id }) => {
    requireOrganization(context, id);
  },
  makeId: () => `org_dom_${randomAlphanumeric(16)}`,
  required: ['domain'],
  list: 'domains',
  wrapped: true,
  missing: [MISSING],
  defaults: (_given, { id, context }) => ({
    status: 'pending',
    use_for_organization_discovery: true,
    verification_txt: `auth0-domain-verification=${id}`,
    verification_host: `_auth0-challenge.${context.domain.split(':', 1)[0]}`,
  }),
};

/** Discovery domains of organizations: stored and returned, without effect. */
export const discoveryDomainRows: MakeRows = (context) => [
  defineRow({
    method: 'GET',
    path: `${PATH}/name/:domain`,
    scopes: ['read:organization_discovery_domains'],
    handle: ({ params }) => {
      const { id } = requireOrganization(context, params.id);
      const found = context.state.kept
        .find('kind', `/organizations/${id}/discovery-domains`)
        .find(({ body }) => body['domain'] === params.domain);
      if (!found) throw notFound(MISSING);
      return { status: 200, body: found.body };
    },
  }),
  ...keptRows(context, discoveryDomains),
];
