import { POLL_INTERVAL_S, type Polled, pollDevice } from '../tokens/device-codes.ts';
import { oauthError, type WireError } from '../wire/errors.ts';
import type { Grant } from './grant.ts';
import { issueSignInTokens } from './sign-in-tokens.ts';

const invalidDeviceCode = () => oauthError(403, 'invalid_grant', 'Invalid or expired device code.');

/** RFC 8628 §3.4, with Auth0's statuses: a device polls until its user has answered. */
export const deviceCode: Grant = {
  success: 'sede',
  failure: 'fede',
  publicClients: true,
  async exchange(context, request) {
    const polled = pollDevice(context, request.client.client_id, request.body.required('device_code'));
    if (polled.outcome !== 'connected') throw refusalOf(polled);
    return issueSignInTokens(context, request, polled.signIn, { invalid: invalidDeviceCode });
  },
};

function refusalOf(polled: Exclude<Polled, { outcome: 'connected' }>): WireError {
  switch (polled.outcome) {
    case 'pending':
      return oauthError(403, 'authorization_pending', 'User has yet to authorize device code.');
    case 'too_fast':
      return oauthError(
        429,
        'slow_down',
        `You are polling faster than the specified interval of ${POLL_INTERVAL_S} seconds.`,
        { headers: { 'retry-after': String(POLL_INTERVAL_S) } },
      );
    case 'denied':
      return oauthError(403, 'access_denied', polled.reason);
    case 'expired':
      return oauthError(403, 'expired_token', 'The device code has expired.');
    default:
      return invalidDeviceCode();
  }
}
