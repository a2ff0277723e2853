import { authenticateClient } from '../clients/authenticate-client.ts';
import type { TenantContext } from '../context.ts';
import { byPreference, challengeableOf } from '../factors/authenticators.ts';
import { makeChallenge } from '../factors/make-challenge.ts';
import { requireTicketOf } from '../factors/mfa-ticket.ts';
import type { Authenticator } from '../state/factor-documents.ts';
import { oauthError } from '../wire/errors.ts';
import type { Endpoint } from '../wire/row.ts';

/** POST /mfa/challenge: selects one of the user's factors and, if it is out of band, sends the code or the push. */
export const challengeEndpoint = (context: TenantContext): Endpoint => ({
  method: 'POST',
  path: '/mfa/challenge',
  listedAs: 'mfa_challenge_endpoint',
  forBrowsers: true,
  async handle({ body, headers }) {
    const token = body.required('mfa_token');
    const { client } = await authenticateClient(context, body, headers.authorization);
    const { ticket, user } = requireTicketOf(context, client, token);
    const types = body.text('challenge_type')?.split(' ') ?? ['otp', 'oob'];
    const chosen = choose(challengeableOf(context, user), types, body.text('authenticator_id'));
    if (chosen.authenticator_type === 'otp') return reply({ challenge_type: 'otp' });
    const { oobCode, bindingMethod } = makeChallenge(context, user, chosen, ticket.id);
    return reply({
      challenge_type: 'oob',
      oob_code: oobCode,
      ...(bindingMethod !== undefined && { binding_method: bindingMethod }),
    });
  },
});

const reply = (body: object) => ({ body, headers: { 'cache-control': 'no-store' } });

function choose(usable: readonly Authenticator[], types: readonly string[], id?: string): Authenticator {
  if (usable.length === 0) throw oauthError(400, 'association_required', 'User must enroll first.');
  const named = id === undefined ? usable : usable.filter((own) => own.id === id);
  if (named.length === 0)
    throw oauthError(
      400,
      'invalid_request',
      "authenticator_id is not one of the user's active authenticators",
    );
  const [chosen] = named.filter((own) => types.includes(own.authenticator_type)).toSorted(byPreference);
  if (chosen) return chosen;
  const supported = [...new Set(named.map((own) => own.authenticator_type))].join(', ');
  throw oauthError(
    400,
    'unsupported_challenge_type',
    `The user does not support the requested challenge type (${types.join(', ')}). Supported type: ${supported}.`,
  );
}
