import { oauthError } from '../wire/errors.ts';
import type { Grant } from './grant.ts';

/**
 * RFC 8693. An exchange needs a profile for the type of its subject token, and this tenant has none: whoever asks
 * well is told so, in the words that Auth0 uses.
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
