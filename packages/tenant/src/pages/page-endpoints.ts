import type { TenantContext } from '../context.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import { mailLinkEndpoints } from './mail-link-endpoints.ts';
import { resetPasswordEndpoints } from './reset-password-endpoints.ts';
import { resetRequestEndpoints } from './reset-request-endpoints.ts';
import { stylesheetEndpoint } from './stylesheet.ts';

/** The stylesheet of all pages, and the pages that stand outside of a sign-in: behind links in mails. */
export const pageEndpoints = (context: TenantContext): Endpoint[] => [
  stylesheetEndpoint,
  ...resetPasswordEndpoints(context),
  ...resetRequestEndpoints(context),
  ...mailLinkEndpoints(context),
];
