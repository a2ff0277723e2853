import { issueMfaToken } from '../../src/factors/mfa-ticket.ts';
import { type ClosedTenant, contextOf } from './context-of.ts';

/** A valid `mfa_token` without a sign-in, for responses that a fault returns. */
export const makeMfaToken = (tenant: ClosedTenant, ticket: Parameters<typeof issueMfaToken>[1]): string =>
  issueMfaToken(contextOf(tenant), ticket);
