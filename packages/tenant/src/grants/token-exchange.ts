import { oauthError } from '../wire/errors.ts';
import type { Grant } from './grant.ts';

/**
 * RFC 8693. A token exchange needs a profile for the subject token type, and this tenant has none: a valid request gets
 * Auth0's error for a missing profile.
 */
export const tokenExchange: Grant = {
  success: 'secte',
  failure: 'fecte',
  publicClients: true,
  async exchange(_context, { body }) {
    body.required('subject_token');
    body.required('subject_token_type');
    throw oauthError(
      400,
      'invalid_request',
      'Invalid subject_token_type and requested_token_type combination.',
      { hint: 'token_exchange_profile' },
    );
  },
};
